//! The ways in which clients deviate from the recipe, and what to change about each.

use crate::sign::explain::deviations;

/// What a deviation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    Method,
    Scheme,
    Host,
    Path,
    Query,
    Layout,
    Time,
    AccessKey,
    Account,
    ClientType,
    Body,
    Key,
    Digest,
    Written,
}

deviations! {
    /// One way in which a client deviates from the recipe.
    Deviation on Axis;
    UrlDecoded: Query = "the URL is signed before it is escaped (: for %3A, a blank for %20, raw UTF-8)";
    QueryBeforeForm: Query = "the query is signed before it is encoded as a form (a blank for +, : for %3A, raw UTF-8)";
    UrlEscapedTwice: Query = "the URL is escaped once more by encodeURI although it is escaped already (%25EB for %EB)";
    PlusSigned: Query = "a blank is signed as + while it is sent as %20";
    BlankSigned: Query = "a blank is signed as %20 while it is sent as +";
    EscapesLower: Query = "the escapes are signed in lower case (%3a) while they are sent in upper case";
    EscapesUpper: Query = "the escapes are signed in upper case (%3A) while they are sent in lower case";
    EncodedAsUri: Query = "the URL is signed as encodeURI writes it (: , / and others bare) while it is sent escaped otherwise";
    EncodedAsUriForm: Query = "the URL is signed as encodeURI writes it (: bare, %20 for a blank) while its query is sent encoded as a form (%3A, +)";
    Component: Query = "each name and value of the query is signed escaped (%3A for :, %20 for a blank) while it is sent otherwise";
    ComponentJs: Query = "each name and value of the query is signed as encodeURIComponent writes it (%3A for :, !'()* bare) while it is sent otherwise";
    Quoted: Query = "each name and value of the query is signed as Python's quote writes it (%3A for :, / bare) while it is sent otherwise";
    FormEncoded: Query = "the query is signed encoded as a form, as Go and Python write it (%3A for :, + for a blank), while it is sent otherwise";
    FormEncodedJava: Query = "the query is signed encoded as a form, as Java and URLSearchParams write it (%3A for :, + for a blank, * bare, %7E for ~), while it is sent otherwise";
    ListPython: Query = "lists in the query are signed as Python prints them (product_id=['VPC', 'DNS']) while they are sent by repeating the name, which is what scpv2-sdk 0.2.3 does";
    ListPythonDocumented: Query = "every documented list parameter is signed as Python prints a list (product_id=['VPC']) while it is sent as plain text, which is what scpv2-sdk 0.2.3 does";
    ListPythonAll: Query = "every parameter is signed as Python prints a list (name=['value']) while it is sent as plain text";
    ListCommas: Query = "lists in the query are signed joined by commas (product_id=VPC,DNS) while they are sent by repeating the name";
    ListJson: Query = "lists in the query are signed as JSON while they are sent by repeating the name";
    ListJava: Query = "lists in the query are signed as Java prints them ([VPC, DNS]) while they are sent by repeating the name";
    ListGo: Query = "lists in the query are signed as Go prints them ([VPC DNS]) while they are sent by repeating the name";
    ListTuple: Query = "lists in the query are signed as Python prints a tuple (product_id=('VPC', 'DNS')) while they are sent by repeating the name";
    ListBrackets: Query = "names of lists are signed with [] behind them (product_id[]=VPC) while they are sent without";
    ListBracketsLeftOut: Query = "names of lists are signed without the [] with which they are sent, as axios and PHP send them";
    BooleanPython: Query = "booleans are signed as Python prints them (True) while they are sent as true";
    BooleanJson: Query = "booleans are signed as JSON has them (true) while they are sent as True";
    QueryLeftOut: Query = "the query is left out of the signed URL";
    QuerySorted: Query = "the query is signed sorted by name while it is sent in another order";
    QuerySortedWhole: Query = "the query is signed sorted by name and value while it is sent in another order";
    EmptyLeftOut: Query = "parameters without a value are left out of the signed URL while they are sent";
    QuestionMark: Query = "the signed URL ends in ? although no query is sent";
    OriginLeftOut: Host = "only path and query are signed, without scheme and host";
    SchemeLeftOut: Host = "the URL is signed without its scheme";
    HostLeftOut: Host = "the URL is signed without its host";
    SchemeHttps: Scheme = "the URL is signed with https:// while the request arrived over http";
    SchemeHttp: Scheme = "the URL is signed with http:// while the request arrived over https";
    RegionWest1: Host = "the signed host has the region kr-west1 after its first label, which is what scpv2-sdk 0.2.3 makes, and the request went to a host without it";
    RegionEast1: Host = "the signed host has the region kr-east1 after its first label and the request went to a host without it";
    RegionSouth1: Host = "the signed host has the region kr-south1 after its first label and the request went to a host without it";
    RegionSouth2: Host = "the signed host has the region kr-south2 after its first label and the request went to a host without it";
    RegionSouth3: Host = "the signed host has the region kr-south3 after its first label and the request went to a host without it";
    RegionLeftOut: Host = "the signed host has no region while the request went to a host with one";
    PortLeftOut: Host = "the URL is signed without its port";
    Port443: Host = "the URL is signed with port 443, which Host does not have";
    Port80: Host = "the URL is signed with port 80, which Host does not have";
    HostLower: Host = "the host is signed in lower case while it is sent with capitals";
    Localhost: Host = "the host is signed as localhost while the request went to its number";
    Loopback: Host = "the host is signed as 127.0.0.1 while the request went to its name";
    HostE: Host = "the URL is signed for product.e.samsungsdscloud.com (https), the platform's own address";
    HostS: Host = "the URL is signed for product.s.samsungsdscloud.com (https), the platform's own address";
    HostG: Host = "the URL is signed for product.g.samsungsdscloud.com (https), the platform's own address";
    HostWest1E: Host = "the URL is signed for product.kr-west1.e.samsungsdscloud.com (https), which is what scpv2-sdk 0.2.3 makes of the platform's own address";
    HostEast1E: Host = "the URL is signed for product.kr-east1.e.samsungsdscloud.com (https), the platform's address with a region";
    HostWest1S: Host = "the URL is signed for product.kr-west1.s.samsungsdscloud.com (https), the platform's address with a region";
    HostEast1S: Host = "the URL is signed for product.kr-east1.s.samsungsdscloud.com (https), the platform's address with a region";
    HostSouth1G: Host = "the URL is signed for product.kr-south1.g.samsungsdscloud.com (https), the platform's address with a region";
    ClientTypeLeftOut: ClientType = "the client type is left out of the message";
    ClientTypeOpenApi: ClientType = "the client type is signed as OpenApi, as version 1 has it";
    ClientTypeLower: ClientType = "the client type is signed as openapi";
    ClientTypeUpper: ClientType = "the client type is signed as OPENAPI";
    ClientTypeOpenAPI: ClientType = "the client type is signed as OpenAPI";
    ClientTypeDocumented: ClientType = "the client type is signed as Openapi while another one is sent";
    AccountLeftOut: Account = "the account id is left out of the message although Scp-AccountId is sent";
    AccountInserted: Account = "the account id stands in the message although Scp-AccountId is not sent";
    ProjectInserted: Account = "the project id stands in the message, as in version 1";
    AccountLast: Account = "the account id stands at the end of the message, after the client type";
    MethodLower: Method = "the method is signed in lower case";
    MethodLeftOut: Method = "the method is left out of the message";
    MethodGet: Method = "the method is signed as GET while another one is sent";
    MethodPost: Method = "the method is signed as POST while another one is sent";
    AccessKeyLeftOut: AccessKey = "the access key is left out of the message";
    AccessKeyFirst: AccessKey = "the access key stands before the timestamp";
    AccessKeyLast: AccessKey = "the access key stands at the end of the message";
    TimestampSeconds: Time = "the timestamp is signed in seconds while it is sent in milliseconds";
    TimestampMilliseconds: Time = "the timestamp is signed in milliseconds while it is sent in seconds";
    TimestampRounded: Time = "the timestamp is signed without its milliseconds (ending in 000) while it is sent with them";
    TimestampIso: Time = "the timestamp is signed as a date (2025-01-01T00:00:00.000Z) while it is sent as a number";
    TimestampLeftOut: Time = "the timestamp is left out of the message";
    LineFeeds: Layout = "the parts of the message are joined by line feeds";
    Ampersands: Layout = "the parts of the message are joined by &";
    Commas: Layout = "the parts of the message are joined by commas";
    Blanks: Layout = "the parts of the message are joined by blanks";
    Bars: Layout = "the parts of the message are joined by |";
    Colons: Layout = "the parts of the message are joined by colons";
    LiteralLineFeeds: Layout = "the parts of the message are joined by the two characters \\n";
    LineFeedLast: Layout = "a line feed stands at the end of the message";
    NaverCloud: Layout = "it is signed in the manner of Naver Cloud (method, path, timestamp and access key on three lines)";
    TrailingSlash: Path = "the path is signed with a slash at its end, which is not sent";
    SlashLeftOut: Path = "the path is signed without the slash at its end, which is sent";
    SlashDoubled: Path = "the path is signed with two slashes at its beginning, as when a base URL ends in one";
    PathDecoded: Path = "the path is signed before it is escaped";
    VersionLeftOut: Path = "the path is signed without /v1 at its beginning";
    Hex: Written = "the signature is written in hex instead of base64";
    HexUpper: Written = "the signature is written in upper-case hex instead of base64";
    Base64OfHex: Written = "the signature is base64 of hex digits instead of base64 of the 32 bytes";
    Base64Url: Written = "the signature is written in base64url (- and _) instead of base64 (+ and /)";
    Base64UrlUnpadded: Written = "the signature is written in base64url without = at its end";
    Base64Unpadded: Written = "the signature is written without = at its end";
    PercentEncoded: Written = "the signature is percent-encoded, as for a URL";
    PlusLost: Written = "the + of the signature became blanks on their way, as in a form";
    Base64Twice: Written = "the signature is encoded in base64 twice";
    QuotedSignature: Written = "the signature stands in quotation marks";
    HmacSha1: Digest = "the signature is HMAC-SHA1 instead of HMAC-SHA256";
    HmacSha512: Digest = "the signature is HMAC-SHA512 instead of HMAC-SHA256";
    HmacSha384: Digest = "the signature is HMAC-SHA384 instead of HMAC-SHA256";
    PlainSha256: Digest = "the signature is plain SHA-256 of the message instead of HMAC-SHA256";
    SecretLast: Digest = "the signature is plain SHA-256 of the message and the secret key instead of HMAC-SHA256";
    SecretFirst: Digest = "the signature is plain SHA-256 of the secret key and the message instead of HMAC-SHA256";
    MessageHashed: Digest = "the message is hashed with SHA-256 before it is signed";
    MessageHashedHex: Digest = "the hex digits of the message's SHA-256 are signed instead of the message";
    SecondTestKey: Key = "the secret key is storeproof's second test key";
    AccessKeyAsSecret: Key = "the key of the HMAC is the access key instead of the secret key";
    Exchanged: Key = "key and message of the HMAC are exchanged";
    SecretTrimmed: Key = "the blanks around the configured secret key are left out";
    SecretWithLineFeed: Key = "a line feed follows the secret key, as when it is read from a file";
    SecretWithCrLf: Key = "CR LF follows the secret key, as when it is read from a file of Windows";
    SecretDecoded: Key = "the secret key is decoded as base64 before it is used";
    SecretHexDecoded: Key = "the secret key is decoded as hex before it is used";
    SecretEncoded: Key = "the secret key is encoded in base64 before it is used";
    SecretQuoted: Key = "the secret key is used with quotation marks around it";
    SecretEmpty: Key = "the secret key is empty, as when a variable is not set";
    SecretUndefined: Key = "the secret key is the word undefined, as when a variable of JavaScript is not set";
    SecretNone: Key = "the secret key is the word None, as when a variable of Python is not set";
    SecretNull: Key = "the secret key is the word null, as when a variable of Java is not set";
    SecretWithAmpersand: Key = "an ampersand follows the secret key, as in OAuth 1";
    BodyLast: Body = "the body stands at the end of the message";
    BodyAfterUrl: Body = "the body stands in the message after the URL";
    BodyHashLast: Body = "the hex digits of the body's SHA-256 stand at the end of the message";
    BodyHashBase64Last: Body = "the base64 of the body's SHA-256 stands at the end of the message";
    BodyHashAfterUrl: Body = "the hex digits of the body's SHA-256 stand in the message after the URL";
}

impl Deviation {
    /// What is to be changed in the client, to follow "to mend this,".
    pub fn mend(self) -> &'static str {
        match self {
            Self::AccountLeftOut => {
                "put the value of Scp-AccountId between access key and client type, or do not send the header"
            }
            Self::AccountInserted => "send the account id in Scp-AccountId too, or leave it out of the message",
            Self::ProjectInserted => "leave the project id out; version 2 does not sign it",
            Self::MethodGet | Self::MethodPost => "sign the method that is sent",
            Self::QueryLeftOut => "sign the whole URL, with ? and everything behind it",
            Self::HostE
            | Self::HostS
            | Self::HostG
            | Self::HostWest1E
            | Self::HostEast1E
            | Self::HostWest1S
            | Self::HostEast1S
            | Self::HostSouth1G => {
                "sign the URL that the request is sent to, or configure the address that clients sign as public-url"
            }
            Self::RegionWest1 | Self::RegionEast1 | Self::RegionSouth1 | Self::RegionSouth2 | Self::RegionSouth3 => {
                "sign the host that the request is sent to; the Product service is global and has no region in its host (scpv2-sdk makes it in Session.endpoint_for)"
            }
            Self::SchemeHttps => {
                "sign the scheme that the request is sent with, or configure the https address as public-url where TLS ends in front of this server"
            }
            Self::ListBracketsLeftOut => {
                "send lists by repeating the bare name (product_id=VPC&product_id=DNS), and sign the URL that is sent"
            }
            Self::SecondTestKey => "sign with the secret key that belongs to the access key",
            Self::Exchanged => "make the secret key the key of the HMAC, and the message its text",
            Self::SecretTrimmed => "use the secret key with the blanks that it has",
            Self::SecretWithLineFeed | Self::SecretWithCrLf | Self::SecretQuoted | Self::SecretWithAmpersand => {
                "use the secret key alone, without what stands around it"
            }
            Self::SecretDecoded | Self::SecretHexDecoded | Self::SecretEncoded => {
                "use the text of the secret key itself, as UTF-8"
            }
            Self::SecretEmpty | Self::SecretUndefined | Self::SecretNone | Self::SecretNull => {
                "look for the variable that is not set, and put the secret key into it"
            }
            _ => match self.axis() {
                Axis::Method => "put the method in upper case at the beginning of the message",
                Axis::Scheme | Axis::Host => {
                    "sign the whole URL that the request is sent to, with its own scheme, host and port"
                }
                Axis::Path => "sign the path exactly as it is sent",
                Axis::Query => "make the URL first, escaped and in order, then sign and send that one text",
                Axis::Layout => {
                    "join method, URL, timestamp, access key and client type in this order with nothing between them"
                }
                Axis::Time => "read the clock once and sign the very text that Scp-Timestamp carries",
                Axis::AccessKey => "put the access key between timestamp and client type",
                Axis::Account => "put the value of Scp-AccountId between access key and client type",
                Axis::ClientType => "end the message with Openapi, as Scp-ClientType has it",
                Axis::Body => "leave the body out; it is not signed",
                Axis::Key => "use the secret key as it was handed out, as UTF-8, for the key of the HMAC",
                Axis::Digest => "use HMAC-SHA256 over the message itself, keyed with the secret key",
                Axis::Written => {
                    "send base64 of the 32 bytes: 44 characters with the ordinary alphabet and = at the end"
                }
            },
        }
    }

    /// The address that was signed, where it is one of the platform's own.
    pub(super) fn documented_origin(self) -> Option<&'static str> {
        Some(match self {
            Self::HostE => "https://product.e.samsungsdscloud.com",
            Self::HostS => "https://product.s.samsungsdscloud.com",
            Self::HostG => "https://product.g.samsungsdscloud.com",
            Self::HostWest1E => "https://product.kr-west1.e.samsungsdscloud.com",
            Self::HostEast1E => "https://product.kr-east1.e.samsungsdscloud.com",
            Self::HostWest1S => "https://product.kr-west1.s.samsungsdscloud.com",
            Self::HostEast1S => "https://product.kr-east1.s.samsungsdscloud.com",
            Self::HostSouth1G => "https://product.kr-south1.g.samsungsdscloud.com",
            _ => return None,
        })
    }

    /// The region that was put into the host.
    pub(super) fn region(self) -> Option<&'static str> {
        REGIONS.iter().find(|(deviation, _)| *deviation == self).map(|(_, region)| *region)
    }

    pub(super) fn is_on(self, axis: Axis) -> bool {
        self.axis() == axis
    }

    /// The one deviation of a set that is about this.
    pub(super) fn of_axis(set: &[Self], axis: Axis) -> Option<Self> {
        set.iter().copied().find(|deviation| deviation.is_on(axis))
    }
}

/// The platform's regions.
pub(super) const REGIONS: [(Deviation, &str); 5] = [
    (Deviation::RegionWest1, "kr-west1"),
    (Deviation::RegionEast1, "kr-east1"),
    (Deviation::RegionSouth1, "kr-south1"),
    (Deviation::RegionSouth2, "kr-south2"),
    (Deviation::RegionSouth3, "kr-south3"),
];

/// The deviations among these that reproduce a signature; see [`crate::sign::explain`].
pub(super) fn explain(among: &[Deviation], size: usize, fits: impl Fn(&[Deviation]) -> bool) -> Option<Vec<Deviation>> {
    crate::sign::explain::explain(among, Deviation::axis, size, fits)
}
