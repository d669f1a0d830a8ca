//! The verifier as WebAssembly, for a page that asks nobody.
//!
//! | module      | what it is about                                                       |
//! |-------------|------------------------------------------------------------------------|
//! | [`request`] | what is asked: files, and what is expected of them                     |
//! | [`sorted`]  | which file is judged, and what stands beside it                        |
//! | [`job`]     | from a request to events: every check as it is made, then the report   |
//! | `abi`       | the door: memory that the page writes to, and what it is told          |

#[cfg(target_arch = "wasm32")]
mod abi;
pub mod job;
pub mod request;
pub mod sorted;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use coram_ceremony::verify::Expectations;
    use coram_cluster::network::Network;

    #[test]
    fn the_page_knows_the_networks_and_the_members_of_expectations() {
        let page = include_str!("../page/index.html");
        let form = page.split("id=\"expect-network\">").nth(1).unwrap().split("</select>").next().unwrap();
        let offered = form.split("<option>").skip(1).map(|option| option.split('<').next().unwrap());
        let known = Network::all().iter().map(Network::name);
        assert_eq!(offered.collect::<BTreeSet<_>>(), known.collect::<BTreeSet<_>>());

        let script = include_str!("../page/expectations.js");
        let list = script.split("const MEMBERS = [").nth(1).unwrap().split(']').next().unwrap();
        assert_eq!(list.split('"').skip(1).step_by(2).collect::<Vec<_>>(), Expectations::MEMBERS);
    }
}
