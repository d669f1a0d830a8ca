//! How results are printed.

mod markdown;

use crate::{
    machine::Machine,
    options::Options,
    plan::{Results, Row},
    scheme::{Failure, Kind},
};

/// The goal: so many times as fast as each neighbour in dealing and in verifying all dealings, at ten operators and one key.
pub const GOAL: f64 = 60.0;

/// All results in the form that was asked for.
///
/// # Errors
///
/// If something cannot be written as JSON.
pub fn print(machine: &Machine, results: &Results, options: &Options) -> Result<String, Failure> {
    if options.json {
        let all = serde_json::json!({ "machine": machine, "results": results });
        return Ok(serde_json::to_string_pretty(&all)? + "\n");
    }
    Ok(if options.csv { csv(results) } else { markdown::print(machine, results) })
}

/// How many times Coram's figures those of a row are.
pub struct Ratios {
    /// One dealing: wall, processor time.
    pub deal: [f64; 2],
    /// Verifying one.
    pub verify: [f64; 2],
    /// Verifying all.
    pub verify_all: [f64; 2],
    /// Bytes.
    pub bytes: f64,
}

impl Results {
    /// A row against Coram's (transparent) of the same size, if there are both.
    pub fn ratios(&self, row: &Row) -> Option<Ratios> {
        let own = self.rows.iter().find(|own| own.kind == Kind::Coram && own.shape == row.shape)?;
        let (own, other) = (own.outcome.as_ref().ok()?, row.outcome.as_ref().ok()?);
        Some(Ratios {
            deal: [other.deal.wall / own.deal.wall, other.deal.cpu / own.deal.cpu],
            verify: [other.verify.wall / own.verify.wall, other.verify.cpu / own.verify.cpu],
            verify_all: [
                other.verify_all.wall / own.verify_all.wall,
                other.verify_all.cpu / own.verify_all.cpu,
            ],
            bytes: other.bytes as f64 / own.bytes as f64,
        })
    }
}

const HEADER: &str = "scheme,bls_keys,n,t,m,setup_wall_s,deal_wall_s,deal_cpu_s,deal_runs,verify_wall_s,verify_cpu_s,\
    verify_runs,verify_all_wall_s,verify_all_cpu_s,verify_all_runs,bytes,peak_mib,blst_mult_cpu_s,\
    deal_ratio_wall,deal_ratio_cpu,verify_ratio_wall,verify_ratio_cpu,verify_all_ratio_wall,verify_all_ratio_cpu,\
    bytes_ratio,remark\n";

fn csv(results: &Results) -> String {
    let mut out = HEADER.to_owned();
    for row in &results.rows {
        let shape = row.shape;
        let mut fields = vec![row.kind.name().into(), row.kind.keys().into()];
        fields.extend([shape.n.to_string(), shape.t.to_string(), shape.m.to_string()]);
        match &row.outcome {
            Ok(figures) => {
                fields.push(figures.setup.wall.to_string());
                for summary in [&figures.deal, &figures.verify, &figures.verify_all] {
                    fields.extend([
                        summary.wall.to_string(),
                        summary.cpu.to_string(),
                        summary.runs.to_string(),
                    ]);
                }
                fields.push(figures.bytes.to_string());
            }
            Err(_) => fields.extend(std::iter::repeat_n(String::new(), 11)),
        }
        fields.push(row.peak.map(|peak| peak.to_string()).unwrap_or_default());
        fields.push(results.unit[0].to_string());
        match results.ratios(row) {
            Some(ratios) => {
                let all = [ratios.deal, ratios.verify, ratios.verify_all].concat();
                fields.extend(all.iter().chain([&ratios.bytes]).map(f64::to_string));
            }
            None => fields.extend(std::iter::repeat_n(String::new(), 7)),
        }
        let remark = row.outcome.as_ref().err().or(row.instead.as_ref());
        fields.push(remark.cloned().unwrap_or_default());
        let quoted = fields.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\"")));
        out += &(quoted.collect::<Vec<_>>().join(",") + "\n");
    }
    out
}
