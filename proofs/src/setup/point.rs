//! What the strings of both phases do with points of G1 and of G2 alike.

use std::io::{Read, Write};

use ark_bls12_381::{Fr, G1Projective, G2Projective, g1, g2 as g2_config};
use ark_ec::{AffineRepr, short_weierstrass::Affine};

use super::{SetupError, progress::Meter};
use crate::{
    group::{self, g2},
    parallel,
};

/// Points that are read, written or multiplied at once.
pub(super) const PIECE: usize = 2048;
/// Points that one core decodes at a time.
const TOGETHER: usize = 32;

/// A point of G1 or G2.
pub(super) trait Point: AffineRepr<ScalarField = Fr> {
    /// Bytes of the uncompressed form.
    const LEN: usize;

    /// From uncompressed forms that stand one after another: each on the curve and in the subgroup, or `None`. On the calling
    /// thread.
    fn decode_each(bytes: &[u8]) -> Vec<Option<Self>>;

    /// Appends the uncompressed form.
    fn encode_into(&self, bytes: &mut Vec<u8>);

    /// `scalar·point`, natively in constant time.
    fn multiply(&self, scalar: &Fr) -> Self::Group;

    /// `scalar_i·point_i`, natively in constant time, over all cores.
    fn multiply_all(points: &[Self], scalars: &[Fr]) -> Vec<Self>;

    /// `sum scalar·point` over all cores, in variable time.
    fn msm(points: &[Self], scalars: &[Fr]) -> Self::Group;

    /// [`Point::msm`] on the calling thread.
    fn msm_here(points: &[Self], scalars: &[Fr]) -> Self::Group;
}

// Named by their parameters: to the compiler, arkworks' aliases could be one type.
impl Point for Affine<g1::Config> {
    const LEN: usize = group::UNCOMPRESSED_LEN;

    fn decode_each(bytes: &[u8]) -> Vec<Option<Self>> {
        group::decode_each_uncompressed(bytes.as_chunks().0)
    }

    fn encode_into(&self, bytes: &mut Vec<u8>) {
        bytes.extend(group::encode_uncompressed(self));
    }

    fn multiply(&self, scalar: &Fr) -> G1Projective {
        group::multiply(self, scalar)
    }

    fn multiply_all(points: &[Self], scalars: &[Fr]) -> Vec<Self> {
        group::multiply_all(points, scalars)
    }

    fn msm(points: &[Self], scalars: &[Fr]) -> G1Projective {
        group::msm_parallel(points, scalars)
    }

    fn msm_here(points: &[Self], scalars: &[Fr]) -> G1Projective {
        group::msm(points, scalars)
    }
}

impl Point for Affine<g2_config::Config> {
    const LEN: usize = g2::UNCOMPRESSED_LEN;

    fn decode_each(bytes: &[u8]) -> Vec<Option<Self>> {
        bytes.as_chunks().0.iter().map(g2::decode_uncompressed).collect()
    }

    fn encode_into(&self, bytes: &mut Vec<u8>) {
        bytes.extend(g2::encode_uncompressed(self));
    }

    fn multiply(&self, scalar: &Fr) -> G2Projective {
        g2::multiply(self, scalar)
    }

    fn multiply_all(points: &[Self], scalars: &[Fr]) -> Vec<Self> {
        g2::multiply_all(points, scalars)
    }

    fn msm(points: &[Self], scalars: &[Fr]) -> G2Projective {
        g2::msm_parallel(points, scalars)
    }

    fn msm_here(points: &[Self], scalars: &[Fr]) -> G2Projective {
        g2::msm(points, scalars)
    }
}

/// Reads `count` points, decoding each piece on all cores as it comes: what is allocated grows with what was read.
pub(super) fn read<P: Point>(
    reader: &mut impl Read,
    count: usize,
    part: &'static str,
    meter: &Meter<'_>,
) -> Result<Vec<P>, SetupError> {
    let mut points = Vec::new();
    let mut bytes = vec![0; P::LEN * PIECE.min(count)];
    while points.len() < count {
        let piece = PIECE.min(count - points.len());
        let bytes = &mut bytes[..piece * P::LEN];
        read_exact(reader, bytes, part)?;
        let together: Vec<&[u8]> = bytes.chunks(TOGETHER * P::LEN).collect();
        let decoded = parallel::map(together.len(), |index| P::decode_each(together[index]));
        for point in decoded.into_iter().flatten() {
            let index = points.len();
            points.push(point.ok_or(SetupError::Point { part, index })?);
        }
        meter.advance(piece);
    }
    Ok(points)
}

/// Fills a buffer.
pub(super) fn read_exact(
    reader: &mut impl Read,
    bytes: &mut [u8],
    part: &'static str,
) -> Result<(), SetupError> {
    reader.read_exact(bytes).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => SetupError::Truncated { part },
        kind => SetupError::Io(kind),
    })
}

/// Makes sure that nothing is left to read.
pub(super) fn read_end(reader: &mut impl Read) -> Result<(), SetupError> {
    let mut byte = [0];
    loop {
        return match reader.read(&mut byte) {
            Ok(0) => Ok(()),
            Ok(_) => Err(SetupError::TooLong),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => Err(SetupError::Io(error.kind())),
        };
    }
}

/// Writes the uncompressed forms.
pub(super) fn write<P: Point>(
    writer: &mut impl Write,
    points: &[P],
    meter: &Meter<'_>,
) -> Result<(), SetupError> {
    for piece in points.chunks(PIECE) {
        let bytes = piece.iter().fold(Vec::with_capacity(piece.len() * P::LEN), |mut bytes, point| {
            point.encode_into(&mut bytes);
            bytes
        });
        write_all(writer, &bytes)?;
        meter.advance(piece.len());
    }
    Ok(())
}

/// Writes bytes.
pub(super) fn write_all(writer: &mut impl Write, bytes: &[u8]) -> Result<(), SetupError> {
    writer.write_all(bytes).map_err(|error| SetupError::Io(error.kind()))
}

/// Multiplies each point by a secret of its own, natively in constant time; `scalars` gives those of a range.
pub(super) fn multiply_each<P: Point>(
    points: &mut [P],
    scalars: impl Fn(std::ops::Range<usize>) -> zeroize::Zeroizing<Vec<Fr>>,
    meter: &Meter<'_>,
) {
    let mut start = 0;
    for piece in points.chunks_mut(PIECE) {
        let products = P::multiply_all(piece, &scalars(start..start + piece.len()));
        piece.copy_from_slice(&products);
        start += piece.len();
        meter.advance(piece.len());
    }
}

/// Appends lists of points to a hash, each piece as a part of its own.
pub(super) fn absorb<P: Point>(
    mut hash: coram_circuits::hash::TaggedHash,
    points: &[P],
) -> coram_circuits::hash::TaggedHash {
    hash = hash.number(points.len() as u64);
    for piece in points.chunks(PIECE) {
        let mut bytes = Vec::with_capacity(piece.len() * P::LEN);
        piece.iter().for_each(|point| point.encode_into(&mut bytes));
        hash = hash.bytes(&bytes);
    }
    hash
}
