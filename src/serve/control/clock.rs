//! The clock of a marketplace.

use std::sync::Arc;

use axum::extract::State;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde::{Deserialize, Serialize};

use super::ask::{Plain, Sent};
use super::shown::Shown;
use super::{At, Problem};
use crate::serve::{Hall, Stand};

/// A marketplace's clock.
#[derive(Debug, Serialize)]
pub(super) struct Clock {
    /// The time there, RFC 3339.
    now: String,
    /// How far it is ahead of this machine's, such as `2h` or `-61s`.
    ahead: String,
    /// The same in milliseconds.
    ahead_ms: i64,
}

/// Where the clock is to be: one of both.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Moved {
    ahead: Option<String>,
    now: Option<String>,
}

impl Clock {
    pub(super) fn of(stand: &Stand) -> Self {
        let ahead = stand.clock.ahead();
        Self {
            now: stand.clock.now().to_string(),
            ahead: format!("{ahead:#}"),
            ahead_ms: i64::try_from(ahead.as_millis()).unwrap_or_default(),
        }
    }
}

/// What time it is there.
pub(super) async fn read(State(hall): State<Arc<Hall>>, at: At, _: Plain) -> Result<Shown<Clock>, Problem> {
    Ok(Shown(Clock::of(at.stand(&hall)?)))
}

/// Moves it; it goes on ticking from there.
pub(super) async fn moved(
    State(hall): State<Arc<Hall>>,
    at: At,
    _: Plain,
    Sent(moved): Sent<Moved>,
) -> Result<Shown<Clock>, Problem> {
    let stand = at.stand(&hall)?;
    stand.move_clock(shift(&moved, Timestamp::now())?);
    Ok(Shown(Clock::of(stand)))
}

fn shift(moved: &Moved, now: Timestamp) -> Result<SignedDuration, Problem> {
    let (pointer, ahead) = match (&moved.ahead, &moved.now) {
        (Some(text), None) => {
            let wrong = || Problem::body("/ahead", format!("{text:?} is no time such as 2h, -61s or 30d"));
            // Days have 24 hours here: the stores know fixed offsets only. Months have no length.
            let span: Span = text.parse().map_err(|_| wrong())?;
            ("/ahead", span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?)
        }
        (None, Some(text)) => {
            let wrong = |_| Problem::body("/now", format!("{text:?} is no time such as 2027-01-31T12:00:00Z"));
            ("/now", text.parse::<Timestamp>().map_err(wrong)?.duration_since(now))
        }
        _ => return Err(Problem::body("", "give either ahead, such as 2h, or now, such as 2027-01-31T12:00:00Z")),
    };
    // Signatures carry years of four digits, and there must be room for the clock to go on.
    let year = now.checked_add(ahead).ok().map(|time| time.to_zoned(jiff::tz::TimeZone::UTC).year());
    match year {
        Some(1970..=9000) => Ok(ahead),
        _ => Err(Problem::body(pointer, "the clock can be moved to the years 1970 to 9000")),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Some("2h"), None, Some(7200))]
    #[case(Some("-61s"), None, Some(-61))]
    #[case(Some("PT1M"), None, Some(60))]
    #[case(Some("30d"), None, Some(30 * 86_400))]
    #[case(Some("0s"), None, Some(0))]
    #[case(None, Some("2026-03-10T03:00:10Z"), Some(10))]
    #[case(None, Some("2026-03-10T11:59:50+09:00"), Some(-10))]
    #[case(Some("1 month"), None, None)]
    #[case(Some("soon"), None, None)]
    #[case(Some("5"), None, None)]
    #[case(Some("9000000h"), None, Some(9_000_000 * 3600))]
    #[case(Some("-90000000h"), None, None)]
    #[case(None, Some("2026-03-10T03:00:10"), None)]
    #[case(None, Some("9999-12-31T00:00:00Z"), None)]
    #[case(Some("1h"), Some("2026-03-10T03:00:10Z"), None)]
    #[case(None, None, None)]
    fn a_clock_is_moved_by_a_span_or_to_a_time(
        #[case] ahead: Option<&str>,
        #[case] time: Option<&str>,
        #[case] seconds: Option<i64>,
    ) {
        let now: Timestamp = "2026-03-10T03:00:00Z".parse().expect("a time");
        let moved = Moved { ahead: ahead.map(str::to_owned), now: time.map(str::to_owned) };
        assert_eq!(shift(&moved, now).ok(), seconds.map(SignedDuration::from_secs));
    }
}
