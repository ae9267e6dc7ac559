//! A body as its bytes come in: counted, chunked (RFC 9112, 7.1), or until the connection ends.

use super::head::{Framing, Problem};

/// The longest line of a chunk's size with its extensions, and the longest trailer. Extensions have no known use.
const LINE_LIMIT: usize = 4096;

/// Collects a body from pieces of any size and takes the chunks apart.
#[derive(Debug)]
pub(crate) struct BodyReader {
    state: State,
    body: Vec<u8>,
    limit: usize,
    /// What has come of the line of a chunk's size.
    line: Vec<u8>,
    /// Bytes taken so far, coding included.
    taken: usize,
    /// Bytes of the trailer so far.
    trailer: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Length { left: u64, all: u64 },
    ChunkSize,
    ChunkData { left: u64 },
    ChunkEnd { cr: bool },
    Trailer { empty: bool },
    UntilClose,
    Done,
}

/// Why a body cannot be read on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// More bytes than the limit, announced or sent.
    TooLarge,
    /// The chunked coding is broken; the offset counts from the start of the body.
    Malformed(Problem),
}

impl BodyReader {
    /// A reader for a body that ends like this; a length over the limit is refused before a byte of it is read.
    pub(crate) fn new(framing: Framing, limit: usize) -> Result<Self, BodyError> {
        let state = match framing {
            Framing::None | Framing::Length(0) => State::Done,
            Framing::Length(length) if length > limit as u64 => return Err(BodyError::TooLarge),
            Framing::Length(all) => State::Length { left: all, all },
            Framing::Chunked => State::ChunkSize,
            Framing::UntilClose => State::UntilClose,
        };
        // A promised length is only believed up to a point: memory follows the bytes that come.
        let body = match framing {
            Framing::Length(length) => Vec::with_capacity(length.min(64 * 1024) as usize),
            _ => Vec::new(),
        };
        Ok(Self { state, body, limit, line: Vec::new(), taken: 0, trailer: 0 })
    }

    /// Takes what belongs to the body and says how many bytes that were: fewer than given once the body is complete.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<usize, BodyError> {
        let start = self.taken;
        let mut rest = bytes;
        while !rest.is_empty() && self.state != State::Done {
            let taken = self.step(rest)?;
            self.taken += taken;
            rest = rest.get(taken..).unwrap_or_default();
        }
        Ok(self.taken - start)
    }

    /// Takes at least one byte, in one state.
    fn step(&mut self, bytes: &[u8]) -> Result<usize, BodyError> {
        match self.state {
            State::Length { left, all } => {
                let taken = self.take(bytes, left)?;
                let left = left - taken as u64;
                self.state = if left == 0 { State::Done } else { State::Length { left, all } };
                Ok(taken)
            }
            State::ChunkSize => self.chunk_size(bytes),
            State::ChunkData { left } => {
                let taken = self.take(bytes, left)?;
                let left = left - taken as u64;
                self.state = if left == 0 { State::ChunkEnd { cr: false } } else { State::ChunkData { left } };
                Ok(taken)
            }
            State::ChunkEnd { cr } => {
                self.state = match (cr, bytes.first()) {
                    (false, Some(b'\r')) => State::ChunkEnd { cr: true },
                    (true, Some(b'\n')) => State::ChunkSize,
                    _ => return Err(self.malformed("a chunk is longer than its size says", self.taken)),
                };
                Ok(1)
            }
            State::Trailer { empty } => {
                self.trailer += 1;
                if self.trailer > LINE_LIMIT {
                    return Err(self.malformed("the trailer behind the last chunk does not end", self.taken));
                }
                self.state = match (bytes.first(), empty) {
                    (Some(b'\n'), true) => State::Done,
                    (Some(b'\n'), false) => State::Trailer { empty: true },
                    (Some(b'\r'), empty) => State::Trailer { empty },
                    _ => State::Trailer { empty: false },
                };
                Ok(1)
            }
            State::UntilClose => self.take(bytes, u64::MAX),
            State::Done => Ok(0),
        }
    }

    /// Appends up to `most` bytes to the body.
    fn take(&mut self, bytes: &[u8], most: u64) -> Result<usize, BodyError> {
        let taken = bytes.len().min(usize::try_from(most).unwrap_or(usize::MAX));
        let room = self.limit - self.body.len();
        self.body.extend_from_slice(&bytes[..taken.min(room)]);
        if taken > room { Err(BodyError::TooLarge) } else { Ok(taken) }
    }

    fn chunk_size(&mut self, bytes: &[u8]) -> Result<usize, BodyError> {
        let taken = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |newline| newline + 1);
        let before = self.line.len();
        let line_start = self.taken - before;
        if before + taken > LINE_LIMIT {
            return Err(self.malformed("the line of a chunk's size does not end", line_start));
        }
        self.line.extend_from_slice(&bytes[..taken]);
        let parsed = match self.line.first() {
            // The parser takes a line without any digit for zero.
            Some(first) if !first.is_ascii_hexdigit() => Err(httparse::InvalidChunkSize),
            _ => httparse::parse_chunk_size(&self.line),
        };
        match parsed {
            Err(_) => Err(self.malformed("a chunk's size is not a hexadecimal number", line_start)),
            Ok(httparse::Status::Partial) => Ok(taken),
            Ok(httparse::Status::Complete((_, size))) => {
                self.line.clear();
                if size > (self.limit - self.body.len()) as u64 {
                    return Err(BodyError::TooLarge);
                }
                self.state = if size == 0 { State::Trailer { empty: true } } else { State::ChunkData { left: size } };
                Ok(taken)
            }
        }
    }

    fn malformed(&self, problem: &str, at: usize) -> BodyError {
        BodyError::Malformed(Problem::new(problem, at))
    }

    /// Whether the body is complete.
    pub(crate) fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Whether the body is complete now that the connection has ended; otherwise what was expected, in words.
    pub(crate) fn closed(&self) -> Result<(), String> {
        match self.state {
            State::Done | State::UntilClose => Ok(()),
            State::Length { all, .. } => Err(all.to_string()),
            _ => Err("more".to_owned()),
        }
    }

    /// Bytes of the body so far, coding removed.
    pub(crate) fn len(&self) -> usize {
        self.body.len()
    }

    /// The body.
    pub(crate) fn into_body(self) -> Vec<u8> {
        self.body
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    /// Feeds pieces of one length; the bytes left over belong to whatever comes next.
    fn read(framing: Framing, bytes: &[u8], piece: usize) -> Result<(Vec<u8>, bool, usize), BodyError> {
        let mut reader = BodyReader::new(framing, 1000)?;
        let mut used = 0;
        for piece in bytes.chunks(piece) {
            used += reader.feed(piece)?;
            if reader.is_done() {
                break;
            }
        }
        let done = reader.is_done();
        Ok((reader.into_body(), done, used))
    }

    #[rstest]
    #[case(Framing::Length(3), b"abcd", b"abc", true, 3)]
    #[case(Framing::Length(5), b"abcd", b"abcd", false, 4)]
    #[case(Framing::None, b"abcd", b"", true, 0)]
    #[case(Framing::UntilClose, b"abcd", b"abcd", false, 4)]
    #[case(Framing::Chunked, b"3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\nnext", b"abc0123456789", true, 32)]
    #[case(Framing::Chunked, b"0\r\nSome: trailer\r\n\r\n", b"", true, 20)]
    #[case(Framing::Chunked, b"3\r\nab", b"ab", false, 5)]
    fn bodies_are_read_in_pieces_of_any_size(
        #[case] framing: Framing,
        #[case] bytes: &[u8],
        #[case] body: &[u8],
        #[case] done: bool,
        #[case] used: usize,
    ) {
        for piece in 1..=bytes.len() {
            assert_eq!(read(framing, bytes, piece), Ok((body.to_vec(), done, used)), "pieces of {piece}");
        }
    }

    #[rstest]
    #[case("zz\r\n", 0)]
    #[case("\r\n", 0)]
    #[case("3\r\nabcd\r\n", 6)]
    #[case("3\r\nabc\r\n-1\r\n", 8)]
    #[case("11111111111111111\r\n", 0)]
    fn broken_chunks_are_located(#[case] text: &str, #[case] at: usize) {
        for piece in 1..=text.len() {
            let error = read(Framing::Chunked, text.as_bytes(), piece);
            assert!(matches!(&error, Err(BodyError::Malformed(problem)) if problem.at == at), "{error:?}");
        }
    }

    #[test]
    fn limits_hold_for_every_kind_of_body() {
        let many = vec![b'a'; 1001];
        assert_eq!(read(Framing::Length(1001), &many, 10), Err(BodyError::TooLarge));
        assert_eq!(read(Framing::UntilClose, &many, 10), Err(BodyError::TooLarge));
        assert_eq!(read(Framing::Chunked, b"FFFFFFFFFFFFFFFF\r\n", 10), Err(BodyError::TooLarge));
        let chunks = "1\r\na\r\n".repeat(1001);
        assert_eq!(read(Framing::Chunked, chunks.as_bytes(), 10), Err(BodyError::TooLarge));
        let line = format!("1;{}", "a".repeat(LINE_LIMIT));
        assert!(matches!(read(Framing::Chunked, line.as_bytes(), 10), Err(BodyError::Malformed(_))));
        let trailer = format!("0\r\n{}", "a: b\r\n".repeat(LINE_LIMIT));
        assert!(matches!(read(Framing::Chunked, trailer.as_bytes(), 10), Err(BodyError::Malformed(_))));
    }

    proptest! {
        #[test]
        fn how_the_bytes_were_cut_changes_nothing(bytes in "[0-3a\r\n;]{0,40}", piece in 1_usize..9) {
            let whole = read(Framing::Chunked, bytes.as_bytes(), bytes.len().max(1));
            prop_assert_eq!(read(Framing::Chunked, bytes.as_bytes(), piece), whole);
        }

        #[test]
        fn what_was_cut_into_chunks_comes_back(body in proptest::collection::vec(any::<u8>(), 0..200), size in 1_usize..50) {
            let mut bytes = Vec::new();
            for chunk in body.chunks(size) {
                bytes.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
                bytes.extend_from_slice(chunk);
                bytes.extend(b"\r\n");
            }
            bytes.extend(b"0\r\n\r\n");
            let used = bytes.len();
            prop_assert_eq!(read(Framing::Chunked, &bytes, 7), Ok((body, true, used)));
        }
    }
}
