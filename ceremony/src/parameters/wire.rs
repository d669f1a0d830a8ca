//! Terms and parameters as they are encoded, and hashed to a ceremony id.

use coram_proofs::{ProofSystemId, hash::TaggedHash};
use ssz::{Encode as _, SszDecoderBuilder, SszEncoder};
use ssz_derive::{Decode, Encode};

use super::{CeremonyKind, DEFINITION_HASH, EncryptionKeys, ExtractionRule, Parameters, Terms};
use crate::id::CeremonyId;
use crate::limits::MAX_OPERATORS;
use crate::message::EncodingError;

/// [`Parameters`] as they are encoded. The rule of extraction came later: it stands at the end of the fixed part, and only
/// if keys are not plain sums.
#[derive(Clone)]
pub(super) struct WireParameters {
    proof_system: u8,
    pub(super) setup: Vec<[u8; 32]>,
    commits: bool,
    encryption_keys: u8,
    dealers: Vec<u16>,
    genesis_time: u64,
    extraction: u8,
}

/// Bytes of the fixed part of encoded parameters, without the rule of extraction.
const PARAMETERS_FIXED: usize = 19;

impl WireParameters {
    fn is_extended(&self) -> bool {
        self.extraction != ExtractionRule::Sum.number()
    }
}

impl ssz::Encode for WireParameters {
    fn is_ssz_fixed_len() -> bool {
        false
    }

    fn ssz_append(&self, buf: &mut Vec<u8>) {
        let mut encoder = SszEncoder::container(buf, PARAMETERS_FIXED + usize::from(self.is_extended()));
        encoder.append(&self.proof_system);
        encoder.append(&self.setup);
        encoder.append(&self.commits);
        encoder.append(&self.encryption_keys);
        encoder.append(&self.dealers);
        encoder.append(&self.genesis_time);
        if self.is_extended() {
            encoder.append(&self.extraction);
        }
        encoder.finalize();
    }

    fn ssz_bytes_len(&self) -> usize {
        let lists = self.setup.ssz_bytes_len() + self.dealers.ssz_bytes_len();
        PARAMETERS_FIXED + usize::from(self.is_extended()) + lists
    }
}

impl ssz::Decode for WireParameters {
    fn is_ssz_fixed_len() -> bool {
        false
    }

    /// The first offset, which follows the number of the proof system, says how long the fixed part is.
    fn from_ssz_bytes(bytes: &[u8]) -> Result<Self, ssz::DecodeError> {
        let offset =
            bytes.get(1..).and_then(|rest| rest.first_chunk()).map(|offset| u32::from_le_bytes(*offset));
        let is_extended = offset == Some(PARAMETERS_FIXED as u32 + 1);
        let mut builder = SszDecoderBuilder::new(bytes);
        builder.register_type::<u8>()?;
        builder.register_type::<Vec<[u8; 32]>>()?;
        builder.register_type::<bool>()?;
        builder.register_type::<u8>()?;
        builder.register_type::<Vec<u16>>()?;
        builder.register_type::<u64>()?;
        if is_extended {
            builder.register_type::<u8>()?;
        }
        let mut decoder = builder.build()?;
        let wire = Self {
            proof_system: decoder.decode_next()?,
            setup: decoder.decode_next()?,
            commits: decoder.decode_next()?,
            encryption_keys: decoder.decode_next()?,
            dealers: decoder.decode_next()?,
            genesis_time: decoder.decode_next()?,
            extraction: if is_extended { decoder.decode_next()? } else { ExtractionRule::Sum.number() },
        };
        if is_extended && !wire.is_extended() {
            return Err(ssz::DecodeError::BytesInvalid("plain sums have a shorter encoding".to_owned()));
        }
        Ok(wire)
    }
}

impl From<&Parameters> for WireParameters {
    fn from(parameters: &Parameters) -> Self {
        Self {
            proof_system: parameters.proof_system.number(),
            setup: parameters.setup.into_iter().collect(),
            commits: parameters.commits,
            encryption_keys: parameters.encryption_keys.number(),
            dealers: parameters.dealers.clone(),
            genesis_time: parameters.genesis_time,
            extraction: parameters.extraction.number(),
        }
    }
}

impl WireParameters {
    fn check(self) -> Result<Parameters, EncodingError> {
        if self.dealers.len() > MAX_OPERATORS {
            return Err(EncodingError::Count { what: "dealers", found: self.dealers.len() });
        }
        Ok(Parameters {
            proof_system: ProofSystemId::try_from(self.proof_system)
                .map_err(|_| EncodingError::Unknown { what: "proof system", number: self.proof_system })?,
            setup: at_most_one("setup", &self.setup)?,
            commits: self.commits,
            encryption_keys: EncryptionKeys::from_number(self.encryption_keys)
                .ok_or(EncodingError::Unknown { what: "encryption keys", number: self.encryption_keys })?,
            dealers: self.dealers,
            genesis_time: self.genesis_time,
            extraction: ExtractionRule::from_number(self.extraction)
                .ok_or(EncodingError::Unknown { what: "extraction", number: self.extraction })?,
        })
    }
}

/// [`Terms`] as they are encoded. Their numbers may be those of a later version, which no [`Terms`] have.
#[derive(Clone, Encode, Decode)]
pub(crate) struct WireTerms {
    pub(crate) protocol: u16,
    kind: u8,
    pub(crate) attempt: u32,
    pub(crate) definition: [u8; 32],
    pub(super) parameters: WireParameters,
    previous_lock: Vec<[u8; 32]>,
}

impl WireTerms {
    /// See [`Terms::id`].
    pub(crate) fn id(&self) -> CeremonyId {
        let hash = TaggedHash::new("ceremony")
            .number(self.protocol.into())
            .number(self.kind.into())
            .number(self.attempt.into())
            .bytes(&self.definition)
            .bytes(&self.parameters.as_ssz_bytes())
            .bytes(self.previous_lock.as_flattened());
        CeremonyId::new(hash.digest())
    }

    pub(super) fn named(&self) -> [(&'static str, String); 12] {
        let hash = |hashes: &[[u8; 32]]| match hashes {
            [] => "none".to_owned(),
            hashes => crate::hex::encode(hashes.as_flattened()),
        };
        let name = |name: Option<&str>, number: u8| {
            name.map_or_else(|| format!("number {number}, unknown to this version"), str::to_owned)
        };
        let kind = CeremonyKind::from_number(self.kind).map(CeremonyKind::name);
        let parameters = &self.parameters;
        let system = ProofSystemId::try_from(parameters.proof_system).ok().map(ProofSystemId::name);
        let keys = EncryptionKeys::from_number(parameters.encryption_keys).map(EncryptionKeys::name);
        let rule = ExtractionRule::from_number(parameters.extraction).map(ExtractionRule::name);
        [
            ("protocol version", self.protocol.to_string()),
            (DEFINITION_HASH, crate::hex::encode(&self.definition)),
            ("kind of ceremony", name(kind, self.kind)),
            ("attempt", self.attempt.to_string()),
            ("previous lock", hash(&self.previous_lock)),
            ("proof system", name(system, parameters.proof_system)),
            ("setup", hash(&parameters.setup)),
            ("commits", parameters.commits.to_string()),
            ("encryption keys", name(keys, parameters.encryption_keys)),
            ("dealers", format!("{:?}", parameters.dealers)),
            ("genesis time", parameters.genesis_time.to_string()),
            ("extraction", name(rule, parameters.extraction)),
        ]
    }
}

fn at_most_one(what: &'static str, list: &[[u8; 32]]) -> Result<Option<[u8; 32]>, EncodingError> {
    match list {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        more => Err(EncodingError::Count { what, found: more.len() }),
    }
}

impl From<&Terms> for WireTerms {
    fn from(terms: &Terms) -> Self {
        Self {
            protocol: terms.protocol,
            kind: terms.kind.number(),
            attempt: terms.attempt,
            definition: terms.definition,
            parameters: (&terms.parameters).into(),
            previous_lock: terms.previous_lock.into_iter().collect(),
        }
    }
}

impl WireTerms {
    fn check(self) -> Result<Terms, EncodingError> {
        Ok(Terms {
            protocol: self.protocol,
            kind: CeremonyKind::from_number(self.kind)
                .ok_or(EncodingError::Unknown { what: "kind of ceremony", number: self.kind })?,
            attempt: self.attempt,
            definition: self.definition,
            parameters: self.parameters.check()?,
            previous_lock: at_most_one("previous lock", &self.previous_lock)?,
        })
    }
}

impl ssz::Encode for Terms {
    fn is_ssz_fixed_len() -> bool {
        false
    }

    fn ssz_append(&self, buf: &mut Vec<u8>) {
        WireTerms::from(self).ssz_append(buf);
    }

    fn ssz_bytes_len(&self) -> usize {
        WireTerms::from(self).ssz_bytes_len()
    }
}

impl ssz::Decode for Terms {
    fn is_ssz_fixed_len() -> bool {
        false
    }

    fn from_ssz_bytes(bytes: &[u8]) -> Result<Self, ssz::DecodeError> {
        let wire = WireTerms::from_ssz_bytes(bytes)?;
        wire.check().map_err(|error| ssz::DecodeError::BytesInvalid(error.to_string()))
    }
}
