//! A marketplace's clock: this machine's, moved as far as the user likes.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// The time as a marketplace has it.
#[derive(Debug, Default)]
pub struct Clock {
    /// How far it is ahead of this machine's, in milliseconds.
    ahead_ms: AtomicI64,
}

impl Clock {
    /// The time there.
    pub fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        now.checked_add(self.ahead()).unwrap_or(now)
    }

    /// How far it is ahead of this machine's; negative when it is behind.
    pub fn ahead(&self) -> SignedDuration {
        SignedDuration::from_millis(self.ahead_ms.load(Ordering::Relaxed))
    }

    /// Moves it so far ahead of this machine's, whatever it was before.
    pub fn move_to(&self, ahead: SignedDuration) {
        let milliseconds = i64::try_from(ahead.as_millis()).unwrap_or_default();
        self.ahead_ms.store(milliseconds, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_can_be_moved_and_put_right_again() {
        let clock = Clock::default();
        clock.move_to(SignedDuration::from_hours(-2));
        let behind = Timestamp::now().duration_since(clock.now());
        assert!(behind >= SignedDuration::from_hours(2) - SignedDuration::from_secs(60), "{behind}");
        clock.move_to(SignedDuration::ZERO);
        assert!(Timestamp::now().duration_since(clock.now()) < SignedDuration::from_secs(60));
    }

    #[test]
    fn no_shift_leads_out_of_the_years_that_can_be_written() {
        let clock = Clock::default();
        clock.move_to(SignedDuration::MAX);
        clock.now();
        clock.move_to(SignedDuration::from_hours(24 * 365 * 20_000));
        clock.now();
    }
}
