//! The words of settings: what may stand where the documents leave something open.

/// Makes an enum of the words of each setting, in step with what may be written. The first word is the default.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$what:meta])* $variant:ident = $word:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$what])* $variant,)+
        }

        impl $name {
            pub(super) const WORDS: &[&str] = &[$($word),+];
            pub(super) const CHOICES: &[(&str, Self)] = &[$(($word, Self::$variant)),+];
        }

        impl Default for $name {
            fn default() -> Self {
                Self::CHOICES[0].1
            }
        }
    )+};
}

words! {
    /// What becomes of a request that the documents neither allow nor forbid.
    Mode {
        /// It is refused.
        Strict = "strict",
        /// What cannot be used in it is overlooked.
        Lenient = "lenient",
    }

    /// How a request without a signature is refused.
    Unsigned {
        /// With 401, as the reference promises.
        Status401 = "401",
        /// As a path that the gateway does not know, as the live service did.
        Status404 = "404",
    }

    /// Where the gateway names a wrong signature.
    SignatureError {
        /// In `name`.
        Name = "name",
        /// In `message`, `name` being that of every refusal.
        Message = "message",
    }

    /// How a method is refused that a path does not have.
    WrongMethod {
        /// With 405.
        Status405 = "405",
        /// As a path that the gateway does not know.
        Status404 = "404",
    }

    /// The code of an id that does not exist.
    UnknownId {
        /// The platform's general one.
        NotFound = "NotFound",
        /// The other one that was seen.
        ResourceNotFound = "ResourceNotFound",
    }

    /// Which rows of the catalogue are served.
    Rows {
        /// All that are known, made-up ids of services that exist included.
        Inferred = "inferred",
        /// Only what the reference shows.
        Documented = "documented",
        /// That, and what was seen live.
        Observed = "observed",
        /// All, and rows that are no data of the store's: Hangul names, null values.
        Invented = "invented",
    }

    /// The order of a list that is not sorted.
    Order {
        /// As the catalogue has it.
        Catalogue = "catalogue",
        /// By id.
        Id = "id",
        /// The catalogue's, backwards.
        Reversed = "reversed",
    }

    /// How a name is compared.
    NameMatch {
        /// The whole name, case included.
        Exact = "exact",
        /// Any part of it.
        Contains = "contains",
    }

    /// Which spellings a boolean has in a query.
    Booleans {
        /// `true`, `1`, `yes`, `on`, `t`, `y` and their opposites, in any case.
        Lenient = "lenient",
        /// `true` and `false`, in any case.
        Plain = "plain",
    }

    /// A limit above the greatest one.
    OverLimit {
        /// Refused.
        Refused = "refused",
        /// Taken for the greatest one.
        Capped = "capped",
    }

    /// Page 0.
    PageZero {
        /// Refused.
        Refused = "refused",
        /// Taken for the first page.
        First = "first",
    }

    /// A page behind the last one.
    PastEnd {
        /// An empty list.
        Empty = "empty",
        /// 404.
        NotFound = "404",
    }

    /// A parameter that stands twice where it is no list.
    Repeated {
        /// The last one holds.
        Last = "last",
        /// The first one holds.
        First = "first",
        /// Refused.
        Refused = "refused",
    }

    /// Whether the ends of a range of dates belong to it.
    DateBounds {
        /// They do.
        Inclusive = "inclusive",
        /// They do not.
        Exclusive = "exclusive",
    }

    /// A range of dates that ends before it begins.
    ReversedDates {
        /// An empty list.
        Empty = "empty",
        /// Refused.
        Refused = "refused",
    }

    /// A plus sign in a query.
    PlusSign {
        /// A blank, as in forms.
        Blank = "blank",
        /// Itself.
        Plus = "plus",
    }

    /// `current_page` and `total_pages` of a list of categories.
    PagingNumbers {
        /// Numbers, as the model has them.
        Numbers = "numbers",
        /// `""`, as the example of the reference has them.
        EmptyText = "empty-text",
        /// `null`, which the model allows.
        Null = "null",
    }

    /// The language of error texts.
    ErrorLanguage {
        /// English, whatever is asked for.
        English = "english",
        /// That of `Accept-Language`.
        AsAsked = "accept-language",
    }

    /// In which header fields an answer carries its request id.
    RequestIdHeader {
        /// Both that clients look for.
        Both = "both",
        /// `x-scp-request-id`.
        Scp = "x-scp-request-id",
        /// `x-request-id`.
        Plain = "x-request-id",
        /// In none.
        None = "none",
    }

    /// Where the list of versions points.
    VersionLink {
        /// To where it was asked for.
        Served = "served",
        /// To the store's own address, by plain http as in the documented example.
        Documented = "documented",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_is_the_default() {
        assert_eq!(Mode::default(), Mode::Strict);
        assert_eq!(Unsigned::WORDS, ["401", "404"]);
        assert_eq!(Rows::CHOICES[0], ("inferred", Rows::default()));
    }
}
