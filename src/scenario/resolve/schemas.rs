//! Whether a schema is one, and whether a value fits it.
//!
//! The validator of the meta-schema costs more to build than a scenario takes to resolve, and inputs rarely need it:
//! what says its types and names only is seen to be right without it.

use serde_json::Value;

/// Keywords whose values are data, not schemas.
pub(super) const DATA: [&str; 5] = ["default", "const", "enum", "examples", "example"];

const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];

/// Holds a text against the meta-schema of JSON Schema 2020-12, and compiles it. The error is a JSON pointer and why.
pub(super) fn checked(schema: &Value) -> Result<(), (String, String)> {
    if is_plainly_right(schema) {
        return Ok(());
    }
    let said = |error: jsonschema::ValidationError<'_>| {
        let path = error.instance_path().as_str().to_owned();
        let found = error.instance();
        // The library names the keywords of the meta-schema here, which help nobody.
        let why = if path.ends_with("/type") && !path.ends_with("/properties/type") {
            format!("{found} is no type; there are array, boolean, integer, null, number, object and string")
        } else {
            error.to_string()
        };
        (path, why)
    };
    jsonschema::draft202012::meta::validate(schema).map_err(said)?;
    jsonschema::draft202012::new(schema).map(drop).map_err(|error| (String::new(), error.to_string()))
}

/// Why a value does not fit a schema.
pub(super) fn fits(schema: &Value, value: &Value) -> Result<(), String> {
    if fits_plainly(schema, value) {
        return Ok(());
    }
    match jsonschema::draft202012::new(schema) {
        Ok(validator) => validator.validate(value).map_err(|error| error.to_string()),
        // Reported where the whole schema is checked.
        Err(_) => Ok(()),
    }
}

/// Whether a schema consists of common keywords with right values; everything else is left to the library.
fn is_plainly_right(schema: &Value) -> bool {
    let Some(members) = schema.as_object() else { return schema.is_boolean() };
    members.iter().all(|(keyword, value)| match keyword.as_str() {
        "type" => value.as_str().is_some_and(|name| TYPES.contains(&name)),
        "title" | "description" | "format" => value.is_string(),
        "properties" | "$defs" => value.as_object().is_some_and(|members| members.values().all(is_plainly_right)),
        "items" | "additionalProperties" => is_plainly_right(value),
        "required" => value.as_array().is_some_and(|names| {
            let is_first = |at: usize, name: &Value| !names[..at].contains(name);
            names.iter().enumerate().all(|(at, name)| name.is_string() && is_first(at, name))
        }),
        "enum" | "examples" => value.is_array(),
        "minLength" | "maxLength" | "minItems" | "maxItems" => value.is_u64(),
        "minimum" | "maximum" => value.is_number(),
        // What it refers to was looked up when the schema was put together.
        "$ref" => value.as_str().is_some_and(|text| text.starts_with("#/$defs/")),
        "default" | "const" | "example" => true,
        other => other.starts_with("x-"),
    })
}

/// Whether a value plainly fits a schema of a type and an enumeration at most.
fn fits_plainly(schema: &Value, value: &Value) -> bool {
    let Some(members) = schema.as_object() else { return false };
    members.iter().all(|(keyword, wanted)| match keyword.as_str() {
        "type" => match wanted.as_str() {
            Some("string") => value.is_string(),
            Some("boolean") => value.is_boolean(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("number") => value.is_number(),
            _ => false,
        },
        "enum" => wanted.as_array().is_some_and(|values| values.contains(value)),
        "title" | "description" | "default" | "example" | "examples" | "$defs" => true,
        other => other.starts_with("x-"),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn schema() -> impl Strategy<Value = Value> {
        let value = prop_oneof![
            Just(json!("string")),
            Just(json!("object")),
            Just(json!("strng")),
            Just(json!(3)),
            Just(json!(-1)),
            Just(json!(1.5)),
            Just(json!([])),
            Just(json!(["a"])),
            Just(json!(["a", "a"])),
            Just(json!([1])),
            Just(json!({})),
            Just(json!({"a": {"type": "null"}})),
            Just(json!({"a": {"type": "nul"}})),
            Just(json!(true)),
            Just(json!(null)),
        ];
        let keyword = prop::sample::select(vec![
            "type",
            "title",
            "format",
            "properties",
            "items",
            "additionalProperties",
            "required",
            "enum",
            "examples",
            "minLength",
            "maxItems",
            "minimum",
            "default",
            "const",
            "x-a",
            "pattern",
            "oneOf",
        ]);
        proptest::collection::vec((keyword, value), 0..4)
            .prop_map(|members| members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    proptest! {
        #[test]
        fn what_is_plainly_right_is_right(schema in schema()) {
            if is_plainly_right(&schema) {
                prop_assert!(jsonschema::draft202012::new(&schema).is_ok());
                prop_assert!(jsonschema::draft202012::meta::is_valid(&schema));
            }
        }

        #[test]
        fn what_plainly_fits_fits(
            kind in prop::sample::select(TYPES.to_vec()),
            value in prop_oneof![Just(json!("a")), Just(json!(1)), Just(json!(1.5)), Just(json!(true)), Just(json!({}))],
            options in proptest::option::of(Just(json!(["a", 1])))
        ) {
            let mut schema = json!({"type": kind, "description": "x"});
            if let Some(options) = options {
                schema["enum"] = options;
            }
            if fits_plainly(&schema, &value) {
                prop_assert!(jsonschema::is_valid(&schema, &value));
            }
        }
    }

    #[test]
    fn common_inputs_need_no_library() {
        assert!(is_plainly_right(&json!({
            "type": "object",
            "required": ["key"],
            "properties": {"key": {"type": "string", "default": "a", "x-storeproof": {"generate": "key"}}}
        })));
        assert!(fits_plainly(&json!({"type": "integer", "default": 1, "$defs": {}}), &json!(1)));
        assert!(checked(&json!({"type": "strng"})).is_err());
        assert!(fits(&json!({"type": "string"}), &json!(1)).is_err());
    }
}
