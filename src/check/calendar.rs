//! Dates and periods that exist.

use jiff::civil::Date;

/// How a date was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateForm {
    /// `yyyymmdd`
    Compact,
    /// `yyyy-mm-dd`
    Dashed,
}

impl std::fmt::Display for DateForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Compact => "yyyymmdd",
            Self::Dashed => "yyyy-mm-dd",
        })
    }
}

/// Why a text is no date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoDate {
    /// It is written otherwise.
    #[error("not in the form of a date")]
    Form,
    /// It has the form, but no calendar has the day.
    #[error("a day that does not exist")]
    Day,
}

/// Reads `yyyymmdd` or `yyyy-mm-dd`.
pub fn date(text: &str) -> Result<(Date, DateForm), NoDate> {
    let bytes = text.as_bytes();
    let (digits, form) = match bytes.len() {
        8 => (text.to_owned(), DateForm::Compact),
        10 if bytes[4] == b'-' && bytes[7] == b'-' => (text.replace('-', ""), DateForm::Dashed),
        _ => return Err(NoDate::Form),
    };
    if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NoDate::Form);
    }
    let (Ok(year), Ok(month), Ok(day)) = (digits[..4].parse(), digits[4..6].parse(), digits[6..].parse()) else {
        return Err(NoDate::Form);
    };
    Date::new(year, month, day).map(|date| (date, form)).map_err(|_| NoDate::Day)
}

/// Why a text is no period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPeriod {
    /// It is not two dates with `~` between them.
    #[error("not in the form of a period")]
    Form,
    /// One of its days does not exist.
    #[error("a period with a day that does not exist")]
    Day,
    /// It ends before it begins.
    #[error("a period that ends before it begins")]
    Order,
}

/// Reads `yyyymmdd~yyyymmdd`.
pub fn period(text: &str) -> Result<(Date, Date), NoPeriod> {
    let (begin, end) = text.split_once('~').ok_or(NoPeriod::Form)?;
    let read = |text| match date(text) {
        Ok((date, DateForm::Compact)) => Ok(date),
        Ok((_, DateForm::Dashed)) | Err(NoDate::Form) => Err(NoPeriod::Form),
        Err(NoDate::Day) => Err(NoPeriod::Day),
    };
    let (begin, end) = (read(begin)?, read(end)?);
    if begin <= end { Ok((begin, end)) } else { Err(NoPeriod::Order) }
}

/// A time of UTC as `yyyyMMddHHmmss`.
pub fn compact_time(time: jiff::Timestamp) -> String {
    time.strftime("%Y%m%d%H%M%S").to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("20240229", Ok(DateForm::Compact))]
    #[case("2024-02-29", Ok(DateForm::Dashed))]
    #[case("20230229", Err(NoDate::Day))]
    #[case("202010501", Err(NoDate::Form))]
    #[case("2021/02/03", Err(NoDate::Form))]
    #[case("99999999", Err(NoDate::Day))]
    #[case("+2021010", Err(NoDate::Form))]
    #[case("", Err(NoDate::Form))]
    fn dates_have_two_forms(#[case] text: &str, #[case] expected: Result<DateForm, NoDate>) {
        assert_eq!(date(text).map(|(_, form)| form), expected);
    }

    #[rstest]
    #[case("20210301~20210501", None)]
    #[case("20210301~20210301", None)]
    #[case("20210301~202010501", Some(NoPeriod::Form))]
    #[case("20210301~20210231", Some(NoPeriod::Day))]
    #[case("20210501~20210301", Some(NoPeriod::Order))]
    #[case("20210501", Some(NoPeriod::Form))]
    fn periods_begin_before_they_end(#[case] text: &str, #[case] problem: Option<NoPeriod>) {
        assert_eq!(period(text).err(), problem);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,24}") {
            let _ = (date(&text), period(&text));
        }
    }
}
