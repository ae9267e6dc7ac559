//! One customer's bill on one day.
//!
//! A bill is month-to-date: what is charged from the 1st of the day's month through that day, as if the service had
//! been used until its end. Charging begins when the service is installed and the free period is over; days of
//! suspension are free, the day of leaving is charged. A day ahead is computed as if nothing changed until then.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::billing::{self, OneTime, Rate};
use super::calendar;
use super::fault::{Fault, Faults};
use super::store::{Customer, Registration};

/// What the vendor charges, beside the prices of the plans.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tariff {
    /// Users of every customer: the base document has no call that says how many there are.
    pub(crate) users: u32,
    /// Introduction fee in won.
    pub(crate) onetime_fee: u32,
    /// Length of the free period in days from the application on. The field is required, so there is always one; a
    /// vendor without a free period writes the day of the application, as one dialect's examples do.
    pub(crate) free_days: u16,
}

/// A bill of one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bill {
    mem_sq: String,
    day: Date,
    plan: &'static str,
    free: (Date, Date),
    discount: Option<String>,
    users: u32,
    installed: Option<Date>,
    /// Charge for use in won.
    pub(crate) usage: u64,
    /// Part of the introduction fee in won.
    pub(crate) onetime: u64,
}

impl Bill {
    /// The bill of a customer on a day. `None` on days before the application, and in months after the one of leaving.
    pub(crate) fn of(customer: &Customer, day: Date, now: Timestamp, tariff: Tariff, faults: &Faults) -> Option<Self> {
        let accounts: Vec<Account<'_>> = customer
            .registrations()
            .iter()
            .map(|registration| Account { registration, now, tariff, faults })
            .filter(|account| account.is_billed_in_month_of(day))
            .collect();
        let latest = accounts.last()?;
        let terms = latest.registration.terms_on(day).unwrap_or_else(|| latest.registration.terms());
        let rate = |day: Date| accounts.iter().rev().find_map(|account| account.rate(day));
        Some(Self {
            mem_sq: customer.mem_sq.clone(),
            day,
            plan: terms.plan.code(),
            free: latest.free_period(),
            discount: latest.registration.discount.clone(),
            users: tariff.users,
            installed: latest.installation(),
            usage: usage(day, &rate, calendar::day(latest.registration.applied), faults),
            onetime: accounts.iter().map(|account| account.onetime(day)).sum(),
        })
    }

    /// The same bill with another day on it.
    pub(crate) fn dated(self, day: Date) -> Self {
        Self { day, ..self }
    }

    /// The bill as the documents write it.
    pub(crate) fn to_json(&self) -> Value {
        let mut bill = json!({
            "mem-sq": self.mem_sq,
            "bill-date": calendar::dashed(self.day),
            "service-info": self.plan,
            "free-period": calendar::period(self.free.0, self.free.1),
        });
        if let Some(discount) = &self.discount {
            bill["contract-discount-period"] = json!(discount);
        }
        bill["license-count"] = json!(self.users.to_string());
        bill["usage-pay-amt"] = json!(self.usage);
        if let Some(installed) = self.installed {
            bill["install-complete-date"] = json!(calendar::dashed(installed));
        }
        bill["onetime-pay-amt"] = json!(self.onetime);
        bill["pay-amt"] = json!(self.usage.saturating_add(self.onetime));
        bill
    }
}

/// The charge for use from the 1st of the month through a day.
fn usage(day: Date, rate: &dyn Fn(Date) -> Option<Rate>, joined: Date, faults: &Faults) -> u64 {
    let month = |first: Date, through: Date| billing::total(&billing::segments(first, through, rate));
    let (first, last) = (day.first_of_month(), day.last_of_month());
    if faults.has(Fault::BillMonthOf30) {
        month(first, day).saturating_mul(u64::from(day.days_in_month().unsigned_abs())) / 30
    } else if faults.has(Fault::BillDaily) {
        month(day, day)
    } else if faults.has(Fault::BillFalls) {
        month(day, last)
    } else if faults.has(Fault::BillNotProrated) && month(first, day) > 0 {
        let whole = |day| rate(day).map(|rate| u64::from(rate.users) * u64::from(rate.price));
        whole(day).unwrap_or_default()
    } else if faults.has(Fault::BillNotReset) {
        let mut sum = month(first, day);
        let mut end = first.yesterday().ok();
        // Two years back are more than enough to show; a far day ahead must not take for ever.
        for _ in 0..24 {
            let Some(through) = end.filter(|end| *end >= joined) else { break };
            sum = sum.saturating_add(month(through.first_of_month(), through));
            end = through.first_of_month().yesterday().ok();
        }
        sum
    } else {
        month(first, day)
    }
}

/// One registration as the accounts see it.
struct Account<'a> {
    registration: &'a Registration,
    now: Timestamp,
    tariff: Tariff,
    faults: &'a Faults,
}

impl Account<'_> {
    fn applied(&self) -> Date {
        calendar::day(self.registration.applied)
    }

    /// The day of leaving, for those who have left.
    fn left(&self) -> Option<Date> {
        let resigned = self.registration.resigned?;
        let left = calendar::day(resigned);
        if self.faults.has(Fault::ResignBackdated) {
            return left.first_of_month().yesterday().ok();
        }
        (!self.faults.has(Fault::ResignStillBilled)).then_some(left)
    }

    fn is_billed_in_month_of(&self, day: Date) -> bool {
        let before = [Fault::BillBeforeJoining, Fault::BillBeforeJoiningCharged];
        let joined = self.applied() <= day || before.into_iter().any(|fault| self.faults.has(fault));
        let gone = self.left().is_some_and(|left| {
            (left < day.first_of_month() && !self.is_backdated(day)) || self.faults.has(Fault::ResignVanishesFromBills)
        });
        joined && !gone
    }

    /// Whether the month of leaving has a bill of nothing.
    fn is_backdated(&self, day: Date) -> bool {
        let left = self.registration.resigned.map(|resigned| calendar::day(resigned).first_of_month());
        self.faults.has(Fault::ResignBackdated) && left == Some(day.first_of_month())
    }

    /// First and last day of the free period.
    fn free_period(&self) -> (Date, Date) {
        let first = self.applied();
        // The period of one day may also be read as "none"; one of two months cannot.
        let charged = self.faults.has(Fault::BillFreePeriodCharged);
        let days = if charged { 60 } else { i64::from(self.tariff.free_days.max(1)) - 1 };
        (first, first.checked_add(jiff::Span::new().days(days)).unwrap_or(first))
    }

    /// The day of installation, once it has come.
    fn installation(&self) -> Option<Date> {
        let shown = self.registration.installed <= self.now || self.faults.has(Fault::BillInstallDateWhileInstalling);
        shown.then(|| self.charged_from())
    }

    /// The day from which charging can begin.
    fn charged_from(&self) -> Date {
        if self.faults.has(Fault::BillWhileInstalling) || self.faults.has(Fault::BillInstallDateWhileInstalling) {
            return self.applied();
        }
        calendar::day(self.registration.installed)
    }

    /// Whether the installation has ended by a day; today counts only when it has ended by now.
    fn is_installed_on(&self, day: Date) -> bool {
        let early = self.faults.has(Fault::BillBeforeJoiningCharged) && day < self.applied();
        if early || self.faults.has(Fault::BillWhileInstalling) {
            return true;
        }
        let left_before = self.registration.resigned.is_some_and(|resigned| resigned < self.registration.installed);
        let by_now = self.registration.installed <= self.now || day > calendar::day(self.now);
        !left_before && by_now && calendar::day(self.registration.installed) <= day
    }

    /// What a day is charged at.
    fn rate(&self, day: Date) -> Option<Rate> {
        let before = day < self.applied() && day >= self.applied().first_of_month();
        if before && self.faults.has(Fault::BillFromTheFirst) {
            return Some(Rate { users: self.tariff.users, price: self.registration.terms().plan.price() });
        }
        if !self.is_installed_on(day) || self.left().is_some_and(|left| day > left) {
            return None;
        }
        // With a free period of no days the one in the field is for show.
        let is_free = self.tariff.free_days > 0 && day <= self.free_period().1;
        let charged = [Fault::BillFreePeriodCharged, Fault::BillWhileInstalling];
        if is_free && !charged.into_iter().any(|fault| self.faults.has(fault)) {
            return None;
        }
        let terms = self.registration.terms_on(day)?;
        if self.faults.has(Fault::BillStaysSuspended) && self.registration.was_suspended() {
            return None;
        }
        if terms.suspended && !self.faults.has(Fault::BillSuspendedCharged) {
            return None;
        }
        Some(Rate { users: self.tariff.users, price: terms.plan.price() })
    }

    /// The part of the introduction fee in the month of a day, up to that day.
    fn onetime(&self, day: Date) -> u64 {
        if !self.is_installed_on(day) || self.is_backdated(day) {
            return 0;
        }
        let fee = u64::from(self.tariff.onetime_fee);
        let month = u32::try_from(calendar::months_between(self.charged_from(), day)).unwrap_or_default();
        if self.faults.has(Fault::BillOnetimeEveryMonth) && self.registration.onetime != OneTime::Separate {
            return fee;
        }
        let leaves = self.left().is_some_and(|left| left <= day);
        billing::onetime_in_month(fee, self.registration.onetime, month, leaves)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::civil::date;
    use rstest::rstest;

    use super::super::application::{Application, LicenseState, Plan};
    use super::super::store::{Delays, Store};
    use super::*;

    const TARIFF: Tariff = Tariff { users: 5, onetime_fee: 100_000, free_days: 1 };
    const DELAYS: Delays = Delays { setup: Duration::from_secs(60), deletion: Duration::ZERO };

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    /// A customer who joined at noon of 10 March 2026, with what happened since.
    fn customer(course: &[(&str, Application)], resigned: Option<&str>) -> Customer {
        let (mut store, faults) = (Store::default(), Faults::default());
        let first = Application { onetime: Some(2), ..Application::default() };
        store.apply("M1", &first, at("2026-03-10T03:00:00Z"), DELAYS, &faults);
        for (time, application) in course {
            store.apply("M1", application, at(time), DELAYS, &faults);
        }
        if let Some(time) = resigned {
            store.resign("M1", at(time), &faults);
        }
        store.get("M1").expect("registered").clone()
    }

    fn bill(customer: &Customer, day: Date) -> Option<(u64, u64)> {
        Bill::of(customer, day, at("2026-03-10T04:00:00Z"), TARIFF, &Faults::default())
            .map(|bill| (bill.usage, bill.onetime))
    }

    #[rstest]
    #[case(date(2026, 3, 9), None)]
    #[case(date(2026, 3, 10), Some((0, 100_000)))]
    #[case(date(2026, 3, 11), Some((968, 100_000)))]
    #[case(date(2026, 3, 31), Some((20_323, 100_000)))]
    #[case(date(2026, 4, 1), Some((1_000, 0)))]
    #[case(date(2026, 4, 30), Some((30_000, 0)))]
    fn figures_grow_within_a_month_and_begin_anew(#[case] day: Date, #[case] expected: Option<(u64, u64)>) {
        assert_eq!(bill(&customer(&[], None), day), expected);
    }

    #[test]
    fn nothing_is_charged_while_installing() {
        let customer = customer(&[], None);
        let during = at("2026-03-10T03:00:30Z");
        let bill = Bill::of(&customer, date(2026, 3, 10), during, TARIFF, &Faults::default()).expect("an entry");
        assert_eq!((bill.usage, bill.onetime, bill.installed), (0, 0, None));
    }

    #[test]
    fn suspended_days_are_free() {
        let state = |state| Application { state: Some(state), ..Application::default() };
        let course = [
            ("2026-03-12T03:00:00Z", state(LicenseState::Suspended)),
            ("2026-03-20T03:00:00Z", state(LicenseState::InUse)),
        ];
        let customer = customer(&course, None);
        // 11 and 12 March, then 20 to 31 March: each segment is rounded up on its own.
        assert_eq!(bill(&customer, date(2026, 3, 19)).map(|(usage, _)| usage), Some(1_936));
        assert_eq!(bill(&customer, date(2026, 3, 31)).map(|(usage, _)| usage), Some(1_936 + 11_613));
    }

    #[test]
    fn a_change_of_plan_begins_a_segment() {
        let change = Application { plan: Some(Plan::Premium), ..Application::default() };
        let customer = customer(&[("2026-03-21T03:00:00Z", change)], None);
        // 10 days at 30,000 and 11 days at 40,000 a month.
        assert_eq!(bill(&customer, date(2026, 3, 31)).map(|(usage, _)| usage), Some(9_678 + 14_194));
    }

    #[test]
    fn the_day_of_leaving_is_charged_and_later_months_have_no_bill() {
        let customer = customer(&[], Some("2026-03-15T03:00:00Z"));
        let through_15 = bill(&customer, date(2026, 3, 15));
        assert_eq!(through_15, Some((4_839, 100_000)));
        assert_eq!(bill(&customer, date(2026, 3, 31)), through_15);
        assert_eq!(bill(&customer, date(2026, 4, 1)), None);
    }
}
