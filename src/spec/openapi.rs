//! What OpenAPI 3.0.3 knows: its objects, their members, and the type of each.

use Shape::{Any, Count, Flag, List, Number, Object, Reference, SchemaOrFlag, Text, Unused, Word};

/// What a value may be.
pub(super) enum Shape {
    Text,
    Flag,
    Number,
    Count,
    Any,
    Word(&'static [&'static str]),
    Object(&'static Kind),
    /// The object, or `$ref`.
    Reference(&'static Kind),
    List(&'static Shape),
    /// Any names.
    Map(&'static Shape),
    /// A JSON Schema or `$ref`; in the lean copy it becomes `{}`.
    Schema,
    /// A schema or a flag (`additionalProperties`).
    SchemaOrFlag,
    /// Checked and left out of the lean copy, as is whatever stands in it.
    Unused(&'static Shape),
}

/// One kind of object.
pub(super) struct Kind {
    /// Its name with an article.
    pub(super) name: &'static str,
    pub(super) members: &'static [(&'static str, Shape)],
    pub(super) required: &'static [&'static str],
    pub(super) named: Option<Named>,
}

/// Members with names of the user's.
#[derive(Clone, Copy)]
pub(super) struct Named {
    /// Whether a key is such a name.
    pub(super) fits: fn(&str) -> bool,
    /// What such a name looks like, with an article.
    pub(super) form: &'static str,
    pub(super) shape: &'static Shape,
}

impl Kind {
    const fn new(
        name: &'static str,
        members: &'static [(&'static str, Shape)],
        required: &'static [&'static str],
    ) -> Self {
        Self { name, members, required, named: None }
    }
}

pub(super) static ROOT: Kind = Kind::new(
    "an OpenAPI document",
    &[
        ("openapi", Text),
        ("info", Object(&INFO)),
        ("servers", List(&Object(&SERVER))),
        ("paths", Object(&PATHS)),
        ("components", Object(&COMPONENTS)),
        ("security", List(&Shape::Map(&List(&Text)))),
        ("tags", List(&Object(&TAG))),
        ("externalDocs", Object(&EXTERNAL_DOCS)),
    ],
    &["openapi", "info", "paths"],
);
pub(super) static INFO: Kind = Kind::new(
    "the info object",
    &[
        ("title", Text),
        ("description", Text),
        ("termsOfService", Text),
        ("contact", Object(&CONTACT)),
        ("license", Object(&LICENCE)),
        ("version", Text),
    ],
    &["title", "version"],
);
static CONTACT: Kind = Kind::new("a contact", &[("name", Text), ("url", Text), ("email", Text)], &[]);
static LICENCE: Kind = Kind::new("a licence", &[("name", Text), ("url", Text)], &["name"]);
static SERVER: Kind = Kind::new(
    "a server",
    &[("url", Text), ("description", Text), ("variables", Shape::Map(&Object(&SERVER_VARIABLE)))],
    &["url"],
);
static SERVER_VARIABLE: Kind =
    Kind::new("a server variable", &[("enum", List(&Text)), ("default", Text), ("description", Text)], &["default"]);
static TAG: Kind =
    Kind::new("a tag", &[("name", Text), ("description", Text), ("externalDocs", Object(&EXTERNAL_DOCS))], &["name"]);
static EXTERNAL_DOCS: Kind = Kind::new("external documentation", &[("description", Text), ("url", Text)], &["url"]);
static PATHS: Kind = Kind {
    name: "the paths",
    members: &[],
    required: &[],
    named: Some(Named {
        fits: |name| name.starts_with('/'),
        form: "a path that begins with /",
        shape: &Reference(&PATH_ITEM),
    }),
};
static PATH_ITEM: Kind = Kind::new(
    "a path item",
    &[
        ("summary", Text),
        ("description", Text),
        ("get", Object(&OPERATION)),
        ("put", Object(&OPERATION)),
        ("post", Object(&OPERATION)),
        ("delete", Object(&OPERATION)),
        ("options", Object(&OPERATION)),
        ("head", Object(&OPERATION)),
        ("patch", Object(&OPERATION)),
        ("trace", Object(&OPERATION)),
        ("servers", List(&Object(&SERVER))),
        ("parameters", List(&Reference(&PARAMETER))),
    ],
    &[],
);
static OPERATION: Kind = Kind::new(
    "an operation",
    &[
        ("tags", List(&Text)),
        ("summary", Text),
        ("description", Text),
        ("externalDocs", Object(&EXTERNAL_DOCS)),
        ("operationId", Text),
        ("parameters", List(&Reference(&PARAMETER))),
        ("requestBody", Reference(&REQUEST_BODY)),
        ("responses", Object(&RESPONSES)),
        ("callbacks", Unused(&Shape::Map(&Any))),
        ("deprecated", Flag),
        ("security", List(&Shape::Map(&List(&Text)))),
        ("servers", List(&Object(&SERVER))),
    ],
    &["responses"],
);
static PARAMETER: Kind = Kind::new(
    "a parameter",
    &[
        ("name", Text),
        ("in", Word(&["path", "query", "header", "cookie"])),
        ("description", Text),
        ("required", Flag),
        ("deprecated", Flag),
        ("allowEmptyValue", Flag),
        ("style", Word(&["matrix", "label", "simple", "form", "spaceDelimited", "pipeDelimited", "deepObject"])),
        ("explode", Flag),
        ("allowReserved", Flag),
        ("schema", Shape::Schema),
        ("content", Shape::Map(&Object(&MEDIA))),
        ("example", Unused(&Any)),
        ("examples", Unused(&Any)),
    ],
    &["name", "in", "schema or content"],
);
static REQUEST_BODY: Kind = Kind::new(
    "a request body",
    &[("description", Text), ("content", Shape::Map(&Object(&MEDIA))), ("required", Flag)],
    &["content"],
);
static MEDIA: Kind = Kind::new(
    "a media type",
    &[
        ("schema", Shape::Schema),
        ("example", Unused(&Any)),
        ("examples", Unused(&Any)),
        ("encoding", Unused(&Shape::Map(&Any))),
    ],
    &[],
);
static RESPONSES: Kind = Kind {
    name: "the responses of an operation",
    members: &[("default", Reference(&RESPONSE))],
    required: &[],
    named: Some(Named { fits: is_status, form: "a status such as 200, 4XX or default", shape: &Reference(&RESPONSE) }),
};
static RESPONSE: Kind = Kind::new(
    "a response",
    &[
        ("description", Text),
        ("headers", Shape::Map(&Reference(&HEADER))),
        ("content", Shape::Map(&Object(&MEDIA))),
        ("links", Unused(&Shape::Map(&Any))),
    ],
    &["description"],
);
static HEADER: Kind = Kind::new(
    "a header",
    &[
        ("description", Text),
        ("required", Flag),
        ("deprecated", Flag),
        ("allowEmptyValue", Flag),
        ("style", Word(&["simple"])),
        ("explode", Flag),
        ("allowReserved", Flag),
        ("schema", Shape::Schema),
        ("content", Shape::Map(&Object(&MEDIA))),
        ("example", Unused(&Any)),
        ("examples", Unused(&Any)),
    ],
    &["schema or content"],
);
static COMPONENTS: Kind = Kind::new(
    "the components",
    &[
        ("schemas", Shape::Map(&Shape::Schema)),
        ("responses", Shape::Map(&Reference(&RESPONSE))),
        ("parameters", Shape::Map(&Reference(&PARAMETER))),
        ("examples", Unused(&Any)),
        ("requestBodies", Shape::Map(&Reference(&REQUEST_BODY))),
        ("headers", Shape::Map(&Reference(&HEADER))),
        ("securitySchemes", Unused(&Shape::Map(&Reference(&SECURITY_SCHEME)))),
        ("links", Unused(&Any)),
        ("callbacks", Unused(&Any)),
        // Of 3.1.
        ("pathItems", Shape::Map(&Reference(&PATH_ITEM))),
    ],
    &[],
);
static SECURITY_SCHEME: Kind = Kind::new(
    "a security scheme",
    &[
        ("type", Word(&["apiKey", "http", "oauth2", "openIdConnect", "mutualTLS"])),
        ("description", Text),
        ("name", Text),
        ("in", Word(&["query", "header", "cookie"])),
        ("scheme", Text),
        ("bearerFormat", Text),
        ("flows", Any),
        ("openIdConnectUrl", Text),
    ],
    &["type"],
);
pub(super) static SCHEMA: Kind = Kind::new(
    "a schema",
    &[
        ("title", Text),
        ("multipleOf", Number),
        ("maximum", Number),
        ("exclusiveMaximum", Flag),
        ("minimum", Number),
        ("exclusiveMinimum", Flag),
        ("maxLength", Count),
        ("minLength", Count),
        ("pattern", Text),
        ("maxItems", Count),
        ("minItems", Count),
        ("uniqueItems", Flag),
        ("maxProperties", Count),
        ("minProperties", Count),
        ("required", List(&Text)),
        ("enum", List(&Any)),
        ("type", Word(&["array", "boolean", "integer", "number", "object", "string"])),
        ("not", Shape::Schema),
        ("allOf", List(&Shape::Schema)),
        ("oneOf", List(&Shape::Schema)),
        ("anyOf", List(&Shape::Schema)),
        ("items", Shape::Schema),
        ("properties", Shape::Map(&Shape::Schema)),
        ("additionalProperties", SchemaOrFlag),
        ("description", Text),
        ("format", Text),
        ("default", Any),
        ("nullable", Flag),
        ("discriminator", Any),
        ("readOnly", Flag),
        ("writeOnly", Flag),
        ("example", Any),
        ("externalDocs", Object(&EXTERNAL_DOCS)),
        ("deprecated", Flag),
        ("xml", Any),
    ],
    &[],
);

fn is_status(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.len() == 3
        && (b'1'..=b'5').contains(&bytes[0])
        && (bytes[1..].iter().all(u8::is_ascii_digit) || &bytes[1..] == b"XX")
}
