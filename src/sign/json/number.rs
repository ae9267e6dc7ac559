//! Numbers as different languages write them after reading them.

/// As Jackson does: whole numbers digit by digit, others as Java's `Double.toString` writes them.
pub(super) fn java(written: &str) -> String {
    if is_whole(written) {
        return if written == "-0" { "0".to_owned() } else { written.to_owned() };
    }
    let Some((sign, digits, exponent)) = shortest(written) else { return written.to_owned() };
    let (first, rest) = digits.split_at(1);
    if digits == "0" {
        return format!("{sign}0.0");
    }
    if (-3..7).contains(&exponent) {
        return format!("{sign}{}", plain(&digits, exponent, true));
    }
    let rest = if rest.is_empty() { "0" } else { rest };
    format!("{sign}{first}.{rest}E{exponent}")
}

/// As JavaScript's `JSON.stringify` does: every number is a double, and whole ones have no point.
pub(super) fn javascript(written: &str) -> String {
    let Some((sign, digits, exponent)) = shortest(written) else { return written.to_owned() };
    let (first, rest) = digits.split_at(1);
    if digits == "0" {
        return "0".to_owned();
    }
    if (-6..21).contains(&exponent) {
        return format!("{sign}{}", plain(&digits, exponent, false));
    }
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{first}{point}{rest}e{exponent:+}")
}

fn is_whole(written: &str) -> bool {
    !written.contains(['.', 'e', 'E'])
}

/// Sign, the fewest digits that read back as the same double, and the power of ten of the first digit.
fn shortest(written: &str) -> Option<(&'static str, String, i32)> {
    let number: f64 = written.parse().ok()?;
    let text = format!("{:e}", number.abs());
    let (digits, exponent) = text.split_once('e')?;
    Some((if number.is_sign_negative() { "-" } else { "" }, digits.replace('.', ""), exponent.parse().ok()?))
}

/// Digits with their point; a whole number gets `.0` where asked.
fn plain(digits: &str, exponent: i32, with_fraction: bool) -> String {
    let Ok(whole) = usize::try_from(exponent) else {
        let zeros = usize::try_from(-exponent - 1).unwrap_or_default();
        return format!("0.{}{digits}", "0".repeat(zeros));
    };
    let fraction = if with_fraction { ".0" } else { "" };
    match digits.split_at_checked(whole + 1) {
        Some((whole, "")) => format!("{whole}{fraction}"),
        Some((whole, rest)) => format!("{whole}.{rest}"),
        None => format!("{digits}{}{fraction}", "0".repeat(whole + 1 - digits.len())),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// What Java 17 and Node print for these.
    #[rstest]
    #[case("1", "1", "1")]
    #[case("-0", "0", "0")]
    #[case("1.0", "1.0", "1")]
    #[case("1.50", "1.5", "1.5")]
    #[case("-2.25", "-2.25", "-2.25")]
    #[case("0.001", "0.001", "0.001")]
    #[case("0.0001", "1.0E-4", "0.0001")]
    #[case("0.00000012", "1.2E-7", "1.2e-7")]
    #[case("1e5", "100000.0", "100000")]
    #[case("12345678.9", "1.23456789E7", "12345678.9")]
    #[case("1e21", "1.0E21", "1e+21")]
    #[case("9007199254740993", "9007199254740993", "9007199254740992")]
    #[case("0.0", "0.0", "0")]
    #[case("-0.0", "-0.0", "0")]
    fn numbers_take_the_form_of_the_language(#[case] written: &str, #[case] java_form: &str, #[case] script: &str) {
        assert_eq!(java(written), java_form);
        assert_eq!(javascript(written), script);
    }
}
