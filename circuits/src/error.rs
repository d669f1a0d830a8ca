//! The one error type of this crate.

/// Why a point or a circuit was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CircuitError {
    /// The bytes are not the canonical encoding of a point of Jubjub.
    #[error("not the canonical encoding of a point of Jubjub")]
    Encoding,

    /// The point is the identity. Everybody knows its multiples, so it can carry no secret.
    #[error("the point is the identity")]
    Identity,

    /// The point has a component of small order, which would leak bits of a scalar multiplied with it.
    #[error("the point is outside the subgroup of prime order")]
    Subgroup,

    /// A circuit serves between 1 and [`MAX_RECIPIENTS`](crate::share_encryption::MAX_RECIPIENTS) recipients.
    #[error("{found} recipients; between 1 and {limit} are possible")]
    Recipients {
        /// How many were asked for.
        found: usize,
        /// The largest number.
        limit: usize,
    },

    /// A circuit gives each recipient at least one pad, and all together [`MAX_PADS`](crate::share_encryption::MAX_PADS).
    #[error("{found} pads for each recipient; between 1 and {limit} are possible")]
    Outputs {
        /// How many were asked for.
        found: usize,
        /// The largest number.
        limit: usize,
    },
}
