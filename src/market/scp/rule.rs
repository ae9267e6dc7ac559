//! Names of this marketplace's requirements, as `specs/scp/requirements.yaml` defines them.
//!
//! A test holds that each is in the catalogue and that each of the catalogue's that a program can judge is here.

use crate::verdict::RequirementId;

macro_rules! rules {
    ($($name:ident = $id:literal),* $(,)?) => {
        $(pub(crate) const $name: RequirementId = RequirementId::known($id);)*

        /// Every requirement that is judged here.
        pub(crate) const ALL: &[RequirementId] = &[$($name),*];
    };
}

rules! {
    SIGN_HEADERS = "SCP-SIGN-HEADERS",
    SIGN_VERSION_ONE = "SCP-SIGN-VERSION-ONE",
    SIGN_KEYS = "SCP-SIGN-KEYS",
    SIGN_URL = "SCP-SIGN-URL",
    SIGN_MESSAGE = "SCP-SIGN-MESSAGE",
    SIGN_FORM = "SCP-SIGN-FORM",
    SIGN_VALID = "SCP-SIGN-VALID",
    CLIENT_TYPE = "SCP-CLIENT-TYPE",
    TIMESTAMP_FORM = "SCP-TIMESTAMP-FORM",
    TIMESTAMP_WINDOW = "SCP-TIMESTAMP-WINDOW",
    LANGUAGE = "SCP-LANGUAGE",
    API_VERSION = "SCP-API-VERSION",
    PATH = "SCP-PATH",
    PATH_SLASH = "SCP-PATH-SLASH",
    METHOD = "SCP-METHOD",
    BODY = "SCP-BODY",
    ID = "SCP-ID",
    PARAM_UNKNOWN = "SCP-PARAM-UNKNOWN",
    PARAM_ENCODING = "SCP-PARAM-ENCODING",
    PARAM_PAGING = "SCP-PARAM-PAGING",
    PARAM_EMPTY = "SCP-PARAM-EMPTY",
    PARAM_LIMIT = "SCP-PARAM-LIMIT",
    PARAM_BOOLEAN = "SCP-PARAM-BOOLEAN",
    PARAM_DATE = "SCP-PARAM-DATE",
    PARAM_RANGE = "SCP-PARAM-RANGE",
    PARAM_SORT = "SCP-PARAM-SORT",
    PARAM_SORT_FIELD = "SCP-PARAM-SORT-FIELD",
    PARAM_ONCE = "SCP-PARAM-ONCE",
    PARAM_LIST = "SCP-PARAM-LIST",
    // The course of a client.
    COURSE_CALLED = "SCP-COURSE-CALLED",
    COURSE_ARGUMENTS = "SCP-COURSE-ARGUMENTS",
    COURSE_COMPLETE = "SCP-COURSE-COMPLETE",
    COURSE_FIRST_PAGE = "SCP-COURSE-FIRST-PAGE",
    COURSE_KEPT = "SCP-COURSE-KEPT",
    COURSE_ONCE = "SCP-COURSE-ONCE",
    COURSE_PAST_END = "SCP-COURSE-PAST-END",
    RETRY_MADE = "SCP-RETRY-MADE",
    RETRY_PAUSE = "SCP-RETRY-PAUSE",
    RETRY_AFTER = "SCP-RETRY-AFTER",
    RETRY_BOUNDED = "SCP-RETRY-BOUNDED",
    RETRY_REFUSED = "SCP-RETRY-REFUSED",
    RETRY_SIGNED = "SCP-RETRY-SIGNED",
    CLIENT_PATIENCE = "SCP-CLIENT-PATIENCE",
    CLIENT_EXIT = "SCP-CLIENT-EXIT",
    CLIENT_HONEST = "SCP-CLIENT-HONEST",
    CLIENT_CRASH = "SCP-CLIENT-CRASH",
    CLIENT_TIME = "SCP-CLIENT-TIME",
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::spec::embedded;
    use crate::verdict::Level;

    /// Rules of the course of a client are judged where cases are played.
    #[test]
    fn every_rule_is_in_the_catalogue_and_every_one_that_can_be_judged_is_here() {
        let judged: BTreeSet<&str> = ALL.iter().map(RequirementId::as_str).collect();
        assert_eq!(judged.len(), ALL.len());
        let own = embedded::catalogue("scp").iter().filter(|requirement| requirement.id.as_str().starts_with("SCP-"));
        let own: BTreeSet<&str> = own
            .filter(|requirement| requirement.level != Level::Manual)
            .map(|requirement| requirement.id.as_str())
            .collect();
        assert_eq!(judged, own);
    }
}
