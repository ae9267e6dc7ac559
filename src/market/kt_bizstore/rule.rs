//! Names of this marketplace's requirements, as `specs/kt-bizstore/requirements.yaml` defines them.
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
    AUTH_MISSING_BILL = "KT-AUTH-MISSING-BILL",
    AUTH_VALID = "KT-AUTH-VALID",
    AUTH_WINDOW = "KT-AUTH-WINDOW",
    AUTH_STATUS = "KT-AUTH-STATUS",
    APPLY_CREATED = "KT-APPLY-CREATED",
    APPLY_SSO = "KT-APPLY-SSO",
    APPLY_IDEMPOTENT = "KT-APPLY-IDEMPOTENT",
    APPLY_LOCATION = "KT-APPLY-LOCATION",
    APPLY_LOCATION_ABSOLUTE = "KT-APPLY-LOCATION-ABSOLUTE",
    APPLY_LOCATION_URL = "KT-APPLY-LOCATION-URL",
    APPLY_LOCATION_HTTPS = "KT-APPLY-LOCATION-HTTPS",
    APPLY_LOCATION_ORIGIN = "KT-APPLY-LOCATION-ORIGIN",
    APPLY_PAGE = "KT-APPLY-PAGE",
    APPLY_HTML = "KT-APPLY-HTML",
    APPLY_REDIRECT = "KT-APPLY-REDIRECT",
    APPLY_TRIAL = "KT-APPLY-TRIAL",
    APPLY_AGAIN = "KT-APPLY-AGAIN",
    STATUS_SHAPE = "KT-STATUS-SHAPE",
    STATUS_CODE = "KT-STATUS-CODE",
    STATUS_CUSTOMER = "KT-STATUS-CUSTOMER",
    STATUS_DATE = "KT-STATUS-DATE",
    STATUS_INSTALLING = "KT-STATUS-INSTALLING",
    STATUS_UNKNOWN = "KT-STATUS-UNKNOWN",
    STATUS_CONTACT = "KT-STATUS-CONTACT",
    RESIGN_ANSWER = "KT-RESIGN-ANSWER",
    RESIGN_SUCCESS = "KT-RESIGN-SUCCESS",
    RESIGN_STATUS = "KT-RESIGN-STATUS",
    RESIGN_PROOF = "KT-RESIGN-PROOF",
    RESIGN_UNKNOWN = "KT-RESIGN-UNKNOWN",
    BILL_SHAPE = "KT-BILL-SHAPE",
    BILL_LIST = "KT-BILL-LIST",
    BILL_CUSTOMER = "KT-BILL-CUSTOMER",
    BILL_INSTALLING = "KT-BILL-INSTALLING",
    BILL_JOINED = "KT-BILL-JOINED",
    BILL_AGREE = "KT-BILL-AGREE",
    BILL_ONETIME = "KT-BILL-ONETIME",
    BILL_UNKNOWN = "KT-BILL-UNKNOWN",
    BILL_PRESENT = "KT-BILL-PRESENT",
    BILL_ONCE = "KT-BILL-ONCE",
    BILL_DATE = "KT-BILL-DATE",
    BILL_PERIOD = "KT-BILL-PERIOD",
    BILL_SUM = "KT-BILL-SUM",
    BILL_MONTH_TO_DATE = "KT-BILL-MONTH-TO-DATE",
    BILL_RESET = "KT-BILL-RESET",
    BILL_PRORATED = "KT-BILL-PRORATED",
    BILL_MONTH = "KT-BILL-MONTH",
    BILL_FREE = "KT-BILL-FREE",
    BILL_RESUMED = "KT-BILL-RESUMED",
    BILL_SUSPENDED = "KT-BILL-SUSPENDED",
    BILL_LEFT = "KT-BILL-LEFT",
    BILL_RESIGNED = "KT-BILL-RESIGNED",
    BILL_AMOUNT = "KT-BILL-AMOUNT",
    BILL_CODE = "KT-BILL-CODE",
    BILL_BAD_DATE = "KT-BILL-BAD-DATE",
    MEM_SQ = "KT-MEM-SQ",
    METHOD = "KT-METHOD",
    REQUEST_ODD = "KT-REQUEST-ODD",
    HTTP_STATUS = "KT-HTTP-STATUS",
    HTTP_5XX = "KT-HTTP-5XX",
    HTTP_JSON = "KT-HTTP-JSON",
    HTTP_CHARSET = "KT-HTTP-CHARSET",
    HTTP_TIME = "KT-HTTP-TIME",
    HTTPS = "KT-HTTPS",
    TLS = "KT-TLS",
    LEAK = "KT-LEAK",
}

/// A whole, well-formed answer: a rule of HTTP itself, from the common catalogue.
pub(crate) const HTTP_ANSWER: RequirementId = RequirementId::known("HTTP-ANSWER");
