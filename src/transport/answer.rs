//! One answer as its bytes come in, without a socket: what it says, or how it was lost.

use crate::wire::{Loss, Response};

use super::body::{BodyError, BodyReader};
use super::head::{self, Framing, Problem, ResponseHead};

/// How every answer that we can read begins.
const START: &[u8] = b"HTTP/1.";

/// Reads one answer from pieces of any size. Interim answers (1xx) before it are skipped.
#[derive(Debug)]
pub(crate) struct AnswerReader {
    /// Whether the request was a `HEAD`, whose answer has no body.
    head_only: bool,
    head_limit: usize,
    body_limit: usize,
    phase: Phase,
    /// Offset of the current message in all received bytes: other than zero behind interim answers.
    start: usize,
    /// Bytes that came behind the end of the answer.
    surplus: usize,
}

#[derive(Debug)]
enum Phase {
    Head {
        bytes: Vec<u8>,
        /// Whether the status line has been looked at.
        begun: bool,
    },
    Body {
        head: ResponseHead,
        framing: Framing,
        /// Offset of the body in all received bytes.
        start: usize,
        reader: BodyReader,
    },
}

impl AnswerReader {
    /// A reader for the answer to one request.
    pub(crate) fn new(method: &str, head_limit: usize, body_limit: usize) -> Self {
        let phase = Phase::Head { bytes: Vec::new(), begun: false };
        Self { head_only: method == "HEAD", head_limit, body_limit, phase, start: 0, surplus: 0 }
    }

    /// Takes the next bytes; true once the answer is complete.
    pub(crate) fn feed(&mut self, mut bytes: &[u8]) -> Result<bool, Loss> {
        loop {
            match &mut self.phase {
                Phase::Head { .. } => match self.feed_head(bytes)? {
                    None => return Ok(false),
                    Some(used) => bytes = &bytes[used..],
                },
                Phase::Body { start, reader, .. } => {
                    let (start, got) = (*start, reader.feed(bytes));
                    let used = got.map_err(|error| body_loss(error, self.body_limit, start))?;
                    let done = reader.is_done();
                    self.surplus += bytes.len() - used;
                    return Ok(done);
                }
            }
        }
    }

    /// Takes bytes of the head, and says how many when the head ends among them.
    fn feed_head(&mut self, input: &[u8]) -> Result<Option<usize>, Loss> {
        let Phase::Head { bytes, begun } = &mut self.phase else { return Ok(Some(0)) };
        let before = bytes.len();
        bytes.extend_from_slice(input);
        if before < START.len() {
            begins_like_http(bytes).map_err(|problem| malformed(problem, self.start))?;
        }
        let end = head::end_of_head(bytes, before);
        // A wrong status line is told at once: its sender may wait for us to say more.
        if let (None, false, Some(newline)) = (end, *begun, bytes.iter().position(|byte| *byte == b'\n')) {
            *begun = true;
            head::response(&bytes[..=newline]).map_err(|problem| malformed(problem, self.start))?;
        }
        if self.start + end.unwrap_or(bytes.len()) > self.head_limit {
            return Err(Loss::HeadTooLarge { limit: self.head_limit });
        }
        let Some(end) = end else { return Ok(None) };
        bytes.truncate(end);
        let parsed = head::response(bytes).map_err(|problem| malformed(problem, self.start))?;
        let Some(parsed) = parsed else {
            // The parser and the search for the blank line agree on what ends a line, so this is for safety alone.
            return Err(malformed(Problem::new("the header fields end too early", 0), self.start));
        };
        self.start += end;
        if matches!(parsed.status, 100 | 102..=199) {
            self.phase = Phase::Head { bytes: Vec::new(), begun: false };
            return Ok(Some(end - before));
        }
        let framing = head::response_framing(&parsed, self.head_only)
            .map_err(|problem| malformed(Problem::new(problem, self.start - end), 0))?;
        let reader =
            BodyReader::new(framing, self.body_limit).map_err(|error| body_loss(error, self.body_limit, self.start))?;
        self.phase = Phase::Body { head: parsed, framing, start: self.start, reader };
        Ok(Some(end - before))
    }

    /// The connection has ended: either the answer is complete by that, or this is how it was lost.
    pub(crate) fn closed(&self) -> Result<(), Loss> {
        match &self.phase {
            Phase::Head { bytes, .. } if bytes.is_empty() => Err(Loss::ClosedBeforeAnswer),
            Phase::Head { .. } => Err(self.wrong_so_far().unwrap_or(Loss::ClosedInHead)),
            Phase::Body { reader, .. } => {
                reader.closed().map_err(|expected| Loss::ShortBody { got: reader.len() as u64, expected })
            }
        }
    }

    /// What is already wrong with header fields whose end has not come, so that a time-out does not hide it.
    pub(crate) fn wrong_so_far(&self) -> Option<Loss> {
        match &self.phase {
            Phase::Head { bytes, .. } => head::response(bytes).err().map(|problem| malformed(problem, self.start)),
            Phase::Body { .. } => None,
        }
    }

    /// What is wrong when bytes came behind the end of the answer: nothing was asked that they could answer.
    pub(crate) fn surplus(&self) -> Option<Loss> {
        let Phase::Body { head, framing, start, reader, .. } = &self.phase else { return None };
        if self.surplus == 0 {
            return None;
        }
        let why = match framing {
            Framing::Length(length) => format!("its Content-Length is {length}"),
            Framing::None if self.head_only => "an answer to HEAD has no body".to_owned(),
            Framing::None => format!("an answer {} has no body", head.status),
            Framing::Chunked | Framing::UntilClose => "the last chunk had come".to_owned(),
        };
        let problem = format!("more bytes follow the end of the answer ({why})");
        let at = matches!(framing, Framing::Length(_) | Framing::None).then(|| start + reader.len());
        Some(Loss::Malformed { problem, at })
    }

    /// Whether the connection can carry another exchange.
    pub(crate) fn keeps_connection(&self) -> bool {
        match &self.phase {
            Phase::Head { .. } => false,
            Phase::Body { head, framing, reader, .. } => {
                head.minor == 1
                    && head.status != 101
                    && self.surplus == 0
                    && reader.is_done()
                    && *framing != Framing::UntilClose
                    && !head::says_close(&head.headers)
            }
        }
    }

    /// The answer, when its body has at least begun; whether it is complete was said before.
    pub(crate) fn into_response(self) -> Option<Response> {
        match self.phase {
            Phase::Head { .. } => None,
            Phase::Body { head, reader, .. } => Some(Response {
                status: head.status,
                reason: head.reason,
                headers: head.headers,
                body: reader.into_body(),
            }),
        }
    }
}

/// Compares what has come with how an answer must begin.
fn begins_like_http(bytes: &[u8]) -> Result<(), Problem> {
    // Record types 20 to 23 and the major version 3: an alert or a handshake (RFC 8446, 5.1).
    if let [0x14..=0x17, 0x03, ..] | [0x15] = bytes {
        return Err(Problem::new("this port speaks TLS; try https://", 0));
    }
    match bytes.iter().zip(START).position(|(byte, expected)| byte != expected) {
        Some(at) => Err(Problem::new("an answer begins with HTTP/1.0 or HTTP/1.1", at)),
        None => Ok(()),
    }
}

fn malformed(problem: Problem, start: usize) -> Loss {
    Loss::Malformed { problem: problem.problem, at: Some(start + problem.at) }
}

fn body_loss(error: BodyError, limit: usize, start: usize) -> Loss {
    match error {
        BodyError::TooLarge => Loss::BodyTooLarge { limit },
        BodyError::Malformed(problem) => malformed(problem, start),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn read(method: &str, bytes: &[u8], piece: usize) -> Result<(Response, bool), Loss> {
        let mut reader = AnswerReader::new(method, 1000, 1000);
        let mut done = false;
        for piece in bytes.chunks(piece.max(1)) {
            done = reader.feed(piece)?;
            if done {
                break;
            }
        }
        if !done {
            reader.closed()?;
        }
        let keeps = reader.keeps_connection();
        Ok((reader.into_response().ok_or(Loss::ClosedInHead)?, keeps))
    }

    #[rstest]
    #[case("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", true)]
    #[case("HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n", 200, "", true)]
    #[case("HTTP/1.1 204 No Content\r\n\r\n", 204, "", true)]
    #[case("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", false)]
    #[case("HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 2\r\n\r\nok", 200, "ok", false)]
    #[case("HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, "until the end", false)]
    #[case("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, "ok", true)]
    #[case(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 201 C\r\nContent-Length: 1\r\n\r\nx",
        201,
        "x",
        true
    )]
    #[case("HTTP/1.1 101 Switching\r\n\r\n", 101, "", false)]
    #[case("HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, "ok", true)]
    fn answers_are_read_in_pieces_of_any_size(
        #[case] text: &str,
        #[case] status: u16,
        #[case] body: &str,
        #[case] keeps: bool,
    ) {
        for piece in 1..=text.len() {
            let (response, kept) = read("GET", text.as_bytes(), piece).unwrap();
            assert_eq!((response.status, response.body.as_slice(), kept), (status, body.as_bytes(), keeps));
        }
    }

    #[rstest]
    #[case("", Loss::ClosedBeforeAnswer)]
    #[case("HTTP/1.1 100 Continue\r\n\r\n", Loss::ClosedBeforeAnswer)]
    #[case("H", Loss::ClosedInHead)]
    #[case("HTTP/1.1 200 OK\r\nA: b\r\n", Loss::ClosedInHead)]
    #[case("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", Loss::ShortBody { got: 3, expected: "5".to_owned() })]
    #[case("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", Loss::ShortBody { got: 3, expected: "more".to_owned() })]
    #[case("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n", Loss::ShortBody { got: 1, expected: "more".to_owned() })]
    #[case("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", Loss::BodyTooLarge { limit: 1000 })]
    fn losses_are_told_apart(#[case] text: &str, #[case] loss: Loss) {
        for piece in 1..=text.len().max(1) {
            assert_eq!(read("GET", text.as_bytes(), piece), Err(loss.clone()), "pieces of {piece}");
        }
    }

    #[rstest]
    #[case("SSH-2.0-x\r\n", 0)]
    #[case("HTTP/2.0 200 OK\r\n\r\n", 5)]
    #[case("HTTP/1.1 abc\r\n", 9)]
    #[case("HTTP/1.1 200 OK\r\nA: b\r\nnonsense\r\n\r\n", 23)]
    #[case("HTTP/1.1 200 OK\r\nA: b\r\nnon sense: and closed", 23)]
    #[case("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nnonsense\r\n\r\n", 42)]
    #[case("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nxy\r\n", 53)]
    #[case("\u{15}\u{3}\u{3}\0\u{2}", 0)]
    fn what_is_no_http_is_located(#[case] text: &str, #[case] expected: usize) {
        for piece in 1..=text.len() {
            let read = read("GET", text.as_bytes(), piece);
            assert!(matches!(&read, Err(Loss::Malformed { at: Some(at), .. }) if *at == expected), "{read:?}");
        }
    }

    #[test]
    fn endless_fields_and_endless_interim_answers_stop_at_the_limit() {
        for endless in ["A: b\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "A"] {
            let text = format!("HTTP/1.1 103 Early\r\nA: b\r\n{}", endless.repeat(1000));
            let text = if endless.starts_with("HTTP") { endless.repeat(1000) } else { text };
            assert_eq!(read("GET", text.as_bytes(), 7), Err(Loss::HeadTooLarge { limit: 1000 }));
        }
    }

    #[test]
    fn bytes_behind_the_answer_are_noticed() {
        for (method, text, expected) in [
            ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok, and more", Some(40)),
            ("GET", "HTTP/1.1 204 No\r\n\r\nbody", Some(19)),
            ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Some(38)),
            ("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nok", None),
        ] {
            let mut reader = AnswerReader::new(method, 1000, 1000);
            assert_eq!(reader.feed(text.as_bytes()), Ok(true));
            assert!(!reader.keeps_connection());
            let surplus = reader.surplus();
            assert!(matches!(&surplus, Some(Loss::Malformed { at, .. }) if *at == expected), "{surplus:?}");
        }
    }

    proptest! {
        #[test]
        fn how_the_bytes_were_cut_changes_nothing(
            start in prop_oneof![Just("HTTP/1.1 200 OK\r\n"), Just("HTTP/1.1 "), Just("")],
            rest in "(Content-Length: [0-9]{1,2}\r\n|Transfer-Encoding: chunked\r\n|A:b\r\n|\r\n|[ -~\r\n]{0,5}|2\r\nab\r\n|0\r\n){0,8}",
            piece in 1_usize..9,
        ) {
            let text = format!("{start}{rest}");
            let whole = read("GET", text.as_bytes(), text.len());
            let cut = read("GET", text.as_bytes(), piece);
            // Whether more bytes follow can only be seen when they come together with the end.
            prop_assert_eq!(cut.map(|(response, _)| response), whole.map(|(response, _)| response));
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), piece in 1_usize..50) {
            let _ = read("GET", &bytes, piece);
            let mut answer = b"HTTP/1.1 200 OK\r\n".to_vec();
            answer.extend(bytes);
            let _ = read("GET", &answer, piece);
        }
    }
}
