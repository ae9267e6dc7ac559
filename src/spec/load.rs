//! An OpenAPI document as an [`Interface`].
//!
//! The document is held against the tables of OpenAPI first (`structure`), so that every mistake is found with its
//! place; then its operations are read through the typed model of `openapiv3`. Documents of our own are held to the
//! letter; in a user's own, keys that OpenAPI does not know are passed over.

use std::collections::HashMap;
use std::sync::Arc;

use openapiv3::{OpenAPI, ParameterSchemaOrContent, PathItem, ReferenceOr, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::document::escape;
use super::extension::{Description, typed};
use super::problem::{Collector, SpecProblems, SpecTrouble, near};
use super::soundness;
use super::structure::{self, Rules};
use super::translate::{Definitions, Direction, Origin};
use super::{
    Answer, AnswerHeader, Body, Caller, Document, Interface, Media, Operation, Parameter, ParameterPlace, Position,
    Schema, StatusRange, Style,
};

impl Interface {
    /// Reads an OpenAPI document.
    ///
    /// OpenAPI 3.0 is read in full, callbacks, links and examples excepted, which nothing here uses. A document of
    /// 3.1 is read likewise; its schemas are JSON Schema 2020-12 already. Swagger 2 is refused. References must stay
    /// inside the document. All that is wrong is in the error, with positions.
    pub fn from_document(document: &Document) -> Result<Self, SpecProblems> {
        Self::examined(document, Care::Everything)
    }

    /// Reads a document that [`Interface::from_document`] was seen to accept: whether every reference leads somewhere is
    /// not looked at again.
    pub(super) fn from_sound_document(document: &Document) -> Result<Self, SpecProblems> {
        Self::examined(document, Care::Structure)
    }

    fn examined(document: &Document, care: Care) -> Result<Self, SpecProblems> {
        let mut found = Collector::new(document);
        let interface = read(&mut found, care);
        match (SpecProblems::of(found.problems), interface) {
            (None, Some(interface)) => Ok(interface),
            (Some(problems), _) => Err(problems),
            // Whoever gives up has said why.
            (None, None) => Err(one(document, SpecTrouble::NotOpenApi)),
        }
    }
}

fn one(document: &Document, trouble: SpecTrouble) -> SpecProblems {
    let mut found = Collector::new(document);
    found.at_value("", trouble);
    SpecProblems::of(found.problems).expect("one problem was just found")
}

/// How much of a document is looked at before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Care {
    /// All of it.
    Everything,
    /// What reading it needs.
    Structure,
}

fn read(found: &mut Collector<'_>, care: Care) -> Option<Interface> {
    let document = found.document;
    let rules = soundness::rules(found)?;
    let parts = structure::check(found, rules);
    let description = Description::read(found);
    let definitions = Arc::new(Definitions { document: document.value.clone(), edition_3_1: rules.edition_3_1 });
    if care == Care::Everything {
        soundness::references(found, &parts, &definitions);
    }
    if !rules.strict {
        soundness::schemas(found, &parts, &definitions);
    }
    if !found.problems.is_empty() {
        return None;
    }
    // In 3.1 `paths` may be absent; the typed model is of 3.0.
    let mut lean = parts.lean;
    if let Value::Object(members) = &mut lean {
        members.entry("paths").or_insert_with(|| Value::Object(serde_json::Map::new()));
    }
    let model: OpenAPI = typed(found, &lean, "")?;
    let mut loader = Loader { found, definitions, lean: &lean, rules, schemas: HashMap::new() };
    let operations = loader.operations(&model);
    Some(Interface {
        title: model.info.title,
        version: model.info.version,
        marketplace: description.as_ref().map(|it| it.marketplace.clone()),
        dialect: description.as_ref().map(|it| it.dialect.clone()),
        caller: description.map_or(Caller::Marketplace, |it| it.caller),
        operations,
    })
}

struct Loader<'c, 'd> {
    found: &'c mut Collector<'d>,
    definitions: Arc<Definitions>,
    lean: &'c Value,
    rules: Rules,
    /// Schemas that were met before, so that each is compiled once.
    schemas: HashMap<(String, Direction), Schema>,
}

impl Loader<'_, '_> {
    /// The item itself or what it refers to, and where that stands.
    fn resolve<T: DeserializeOwned + Clone>(&mut self, item: &ReferenceOr<T>, pointer: String) -> Option<(T, String)> {
        match item {
            ReferenceOr::Item(item) => Some((item.clone(), pointer)),
            // That it leads somewhere was seen before.
            ReferenceOr::Reference { .. } => {
                let target = self.definitions.follow(&pointer).ok()?;
                let place = format!("{pointer}/$ref");
                let Some(value) = self.lean.pointer(&target) else {
                    let problem = "the reference leads to something that is not used in this way".to_owned();
                    self.found.at_value(&place, SpecTrouble::Model(problem));
                    return None;
                };
                match T::deserialize(value) {
                    Ok(item) => Some((item, target)),
                    Err(error) => {
                        let problem = format!("what #{target} names is of another kind ({error})");
                        self.found.at_value(&place, SpecTrouble::Model(problem));
                        None
                    }
                }
            }
        }
    }

    fn schema(&mut self, pointer: &str, direction: Direction) -> Option<Schema> {
        let pointer = self.definitions.follow(pointer).ok()?;
        let definitions = Arc::clone(&self.definitions);
        let key = (pointer.clone(), direction);
        let make = || Schema::described(Origin { definitions, pointer, direction });
        Some(self.schemas.entry(key).or_insert_with(make).clone())
    }

    fn operations(&mut self, model: &OpenAPI) -> Vec<Arc<Operation>> {
        let mut operations: Vec<Arc<Operation>> = Vec::new();
        let mut places: HashMap<String, Position> = HashMap::new();
        for (path, item) in &model.paths.paths {
            let pointer = format!("/paths/{}", escape(path));
            let Some((item, pointer)) = self.resolve(item, pointer) else { continue };
            let shared = self.parameters(&item.parameters, &pointer);
            for (method, operation) in in_order(&item, self.lean.pointer(&pointer)) {
                let pointer = format!("{pointer}/{method}");
                let built = self.operation(path, method, operation, &shared, model, &pointer);
                let named = format!("{pointer}/operationId");
                let position = self.found.document.position(&named);
                if let Some(first) = places.insert(built.id.clone(), position) {
                    let trouble = SpecTrouble::DuplicateOperation { id: built.id.clone(), first };
                    self.found.at_value(&named, trouble);
                }
                operations.push(Arc::new(built));
            }
        }
        operations
    }

    fn operation(
        &mut self,
        path: &str,
        method: &str,
        operation: &openapiv3::Operation,
        shared: &[Parameter],
        model: &OpenAPI,
        pointer: &str,
    ) -> Operation {
        let mut parameters = self.parameters(&operation.parameters, pointer);
        let own = |shared: &&Parameter| {
            !parameters.iter().any(|own: &Parameter| own.name == shared.name && own.place == shared.place)
        };
        let mut all: Vec<Parameter> = shared.iter().filter(own).cloned().collect();
        all.append(&mut parameters);
        if self.rules.strict {
            self.path_parameters(path, &all, pointer);
        }
        let body = operation.request_body.as_ref().and_then(|body| self.body(body, format!("{pointer}/requestBody")));
        let security = match &operation.security {
            Some(own) => Some((own, format!("{pointer}/security"))),
            None => model.security.as_ref().map(|shared| (shared, "/security".to_owned())),
        };
        let method = method.to_ascii_uppercase();
        Operation {
            id: operation.operation_id.clone().unwrap_or_else(|| format!("{method} {path}")),
            method,
            path: path.to_owned(),
            summary: operation.summary.clone(),
            parameters: all,
            body,
            answers: self.answers(&operation.responses, &format!("{pointer}/responses")),
            signatures: security.map(|(listed, pointer)| self.signatures(listed, &pointer)).unwrap_or_default(),
        }
    }

    fn path_parameters(&mut self, path: &str, parameters: &[Parameter], pointer: &str) {
        for piece in path.split('{').skip(1) {
            let name = piece.split('}').next().unwrap_or_default();
            if !parameters.iter().any(|known| known.place == ParameterPlace::Path && known.name == name) {
                self.found.at_key(pointer, SpecTrouble::PathParameter { name: name.to_owned() });
            }
        }
    }

    fn parameters(&mut self, listed: &[ReferenceOr<openapiv3::Parameter>], pointer: &str) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for (index, item) in listed.iter().enumerate() {
            if let Some((item, pointer)) = self.resolve(item, format!("{pointer}/parameters/{index}")) {
                parameters.push(self.parameter(&item, &pointer));
            }
        }
        parameters
    }

    fn parameter(&mut self, parameter: &openapiv3::Parameter, pointer: &str) -> Parameter {
        use openapiv3::{PathStyle, QueryStyle};
        let (place, style) = match parameter {
            openapiv3::Parameter::Path { style, .. } => (
                ParameterPlace::Path,
                match style {
                    PathStyle::Matrix => Style::Matrix,
                    PathStyle::Label => Style::Label,
                    PathStyle::Simple => Style::Simple,
                },
            ),
            openapiv3::Parameter::Query { style, .. } => (
                ParameterPlace::Query,
                match style {
                    QueryStyle::Form => Style::Form,
                    QueryStyle::SpaceDelimited => Style::SpaceDelimited,
                    QueryStyle::PipeDelimited => Style::PipeDelimited,
                    QueryStyle::DeepObject => Style::DeepObject,
                },
            ),
            openapiv3::Parameter::Header { .. } => (ParameterPlace::Header, Style::Simple),
            openapiv3::Parameter::Cookie { .. } => (ParameterPlace::Cookie, Style::Form),
        };
        let data = parameter.parameter_data_ref();
        Parameter {
            name: data.name.clone(),
            place,
            required: data.required || place == ParameterPlace::Path,
            style,
            explode: data.explode.unwrap_or(style == Style::Form),
            schema: self.form(&data.format, pointer, Direction::Request),
        }
    }

    /// The schema of a parameter or header, which may be wrapped in a media type.
    fn form(&mut self, form: &ParameterSchemaOrContent, pointer: &str, direction: Direction) -> Option<Schema> {
        match form {
            ParameterSchemaOrContent::Schema(_) => self.schema(&format!("{pointer}/schema"), direction),
            ParameterSchemaOrContent::Content(content) => {
                let pointer = format!("{pointer}/content");
                self.content(content, &pointer, direction).into_iter().next().and_then(|media| media.schema)
            }
        }
    }

    fn content(&mut self, content: &openapiv3::Content, pointer: &str, direction: Direction) -> Vec<Media> {
        let forms = content.iter().map(|(media_type, form)| {
            let pointer = format!("{pointer}/{}/schema", escape(media_type));
            let schema = form.schema.as_ref().and_then(|_| self.schema(&pointer, direction));
            Media { media_type: media_type.clone(), schema }
        });
        forms.collect()
    }

    fn body(&mut self, body: &ReferenceOr<openapiv3::RequestBody>, pointer: String) -> Option<Body> {
        let (body, pointer) = self.resolve(body, pointer)?;
        let content = self.content(&body.content, &format!("{pointer}/content"), Direction::Request);
        Some(Body { required: body.required, content })
    }

    fn answers(&mut self, responses: &openapiv3::Responses, pointer: &str) -> Vec<Answer> {
        let mut answers = Vec::new();
        for (status, response) in &responses.responses {
            let (range, key) = match status {
                StatusCode::Code(code) => (StatusRange::Code(*code), code.to_string()),
                StatusCode::Range(class) => {
                    (StatusRange::Class(u8::try_from(*class).unwrap_or_default()), format!("{class}XX"))
                }
            };
            answers.extend(self.answer(range, response, format!("{pointer}/{key}")));
        }
        if let Some(response) = &responses.default {
            answers.extend(self.answer(StatusRange::Default, response, format!("{pointer}/default")));
        }
        answers
    }

    fn answer(
        &mut self,
        status: StatusRange,
        response: &ReferenceOr<openapiv3::Response>,
        pointer: String,
    ) -> Option<Answer> {
        let (response, pointer) = self.resolve(response, pointer)?;
        let mut headers = Vec::new();
        for (name, header) in &response.headers {
            let place = format!("{pointer}/headers/{}", escape(name));
            if let Some((header, place)) = self.resolve(header, place) {
                let schema = self.form(&header.format, &place, Direction::Answer);
                headers.push(AnswerHeader { name: name.clone(), required: header.required, schema });
            }
        }
        let content = self.content(&response.content, &format!("{pointer}/content"), Direction::Answer);
        Some(Answer { status, description: response.description, headers, content })
    }

    /// Recipes of the schemes that are listed, in the order in which they are.
    fn signatures(&mut self, listed: &[openapiv3::SecurityRequirement], pointer: &str) -> Vec<String> {
        let mut recipes: Vec<String> = Vec::new();
        for (index, schemes) in listed.iter().enumerate() {
            for name in schemes.keys() {
                let place = format!("{pointer}/{index}/{}", escape(name));
                match self.scheme(name, &place) {
                    Some(recipe) if !recipes.contains(&recipe) => recipes.push(recipe),
                    _ => {}
                }
            }
        }
        recipes
    }

    /// The recipe of a security scheme. In a user's own document schemes are nothing to us, defined or not.
    fn scheme(&mut self, name: &str, pointer: &str) -> Option<String> {
        let defined = format!("/components/securitySchemes/{}", escape(name));
        let value = self.definitions.follow(&defined).ok().and_then(|it| self.definitions.document.pointer(&it));
        if value.is_none() && self.rules.strict {
            let known = self.definitions.document.pointer("/components/securitySchemes").and_then(Value::as_object);
            let near = near(name, known.into_iter().flat_map(|known| known.keys().map(String::as_str)));
            self.found.at_key(pointer, SpecTrouble::Scheme { name: name.to_owned(), near });
        }
        value?.pointer("/x-storeproof/signature").and_then(Value::as_str).map(str::to_owned)
    }
}

/// The operations of a path item in the order of the document.
fn in_order<'a>(item: &'a PathItem, written: Option<&Value>) -> Vec<(&'a str, &'a openapiv3::Operation)> {
    let mut operations: Vec<_> = item.iter().collect();
    let keys: Vec<&String> = written.and_then(Value::as_object).into_iter().flat_map(|it| it.keys()).collect();
    operations.sort_by_key(|(method, _)| keys.iter().position(|key| key == method));
    operations
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn interface(text: &str) -> Interface {
        let document = Document::parse(text).expect("parses");
        Interface::from_document(&document).map_err(|problems| problems.to_string()).expect("loads")
    }

    const SHOP: &str = r##"
openapi: 3.0.3
info: {title: Shop, version: "1"}
security: [{key: []}]
paths:
  /orders/{order}:
    parameters:
      - {name: order, in: path, required: true, schema: {type: string}}
      - $ref: "#/components/parameters/Trace"
    put:
      operationId: change
      parameters:
        - {name: trace, in: header, required: true, schema: {type: integer}}
        - {name: tags, in: query, style: pipeDelimited, schema: {type: array, items: {type: string}}}
        - {name: filter, in: query, content: {application/json: {schema: {type: object}}}}
      requestBody: {$ref: "#/components/requestBodies/Order"}
      responses:
        default: {$ref: "#/components/responses/Error"}
        4XX: {description: refused}
        "200":
          description: changed
          headers:
            Location: {$ref: "#/components/headers/Place"}
          content:
            application/json: {schema: {$ref: "#/components/schemas/Order"}}
    get:
      security: []
      responses: {"200": {description: found}}
  /again: {$ref: "#/paths/~1orders~1{order}"}
components:
  parameters:
    Trace: {name: trace, in: header, schema: {type: string}}
  requestBodies:
    Order:
      required: true
      content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
  responses:
    Error: {$ref: "#/components/responses/Other"}
    Other: {description: anything else}
  headers:
    Place: {required: true, schema: {type: string}}
  schemas:
    Order:
      type: object
      required: [id, total]
      properties:
        id: {type: string, readOnly: true}
        total: {type: integer, nullable: true}
        parts: {type: array, items: {$ref: "#/components/schemas/Order"}}
  securitySchemes:
    key: {type: apiKey, in: header, name: k, x-storeproof: {signature: recipe}}
"##;

    #[test]
    fn everything_an_operation_says_is_found() {
        // The path that is given by reference repeats an operationId.
        let document = Document::parse(SHOP).expect("parses");
        let problems = Interface::from_document(&document).expect_err("is refused").to_string();
        assert_eq!(problems, "11:20: the operationId change stands here a second time; the first is on line 11");

        let shop = interface(&SHOP.replace("  /again: {$ref: \"#/paths/~1orders~1{order}\"}\n", ""));
        assert_eq!((&*shop.title, &*shop.version, shop.marketplace.as_deref()), ("Shop", "1", None));
        let names: Vec<_> = shop.operations.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(names, ["change", "GET /orders/{order}"]);
        let change = shop.operation("change").expect("is there");
        let parameters: Vec<_> =
            change.parameters.iter().map(|it| (&*it.name, it.place, it.required, it.style, it.explode)).collect();
        assert_eq!(
            parameters,
            [
                ("order", ParameterPlace::Path, true, Style::Simple, false),
                ("trace", ParameterPlace::Header, true, Style::Simple, false),
                ("tags", ParameterPlace::Query, false, Style::PipeDelimited, false),
                ("filter", ParameterPlace::Query, false, Style::Form, true),
            ]
        );
        let schema = change.parameters[3].schema.as_ref().expect("is described");
        assert_eq!(schema.text(), &json!({"type": "object"}));
        let statuses: Vec<_> = change.answers.iter().map(|it| it.status).collect();
        assert_eq!(statuses, [StatusRange::Class(4), StatusRange::Code(200), StatusRange::Default]);
        assert_eq!(change.answer(503).map(|it| &*it.description), Some("anything else"));
        let found = change.answer(200).expect("is described");
        assert_eq!((&*found.headers[0].name, found.headers[0].required), ("Location", true));
        assert_eq!(change.signatures, ["recipe"]);
        assert!(shop.at("/orders/{order}", "get").expect("is there").signatures.is_empty());
    }

    #[test]
    fn bodies_are_judged_by_the_way_they_travel() {
        let shop = interface(&SHOP.replace("  /again: {$ref: \"#/paths/~1orders~1{order}\"}\n", ""));
        let change = shop.operation("change").expect("is there");
        let sent = change.body.as_ref().and_then(|body| body.content[0].schema.clone()).expect("is described");
        let answered = change.answer(200).and_then(|it| it.content[0].schema.clone()).expect("is described");
        let order = json!({"total": null, "parts": [{"total": 1}]});
        assert_eq!(sent.validate(&order), []);
        let pointers: Vec<_> = answered.validate(&order).into_iter().map(|it| it.pointer).collect();
        assert_eq!(pointers.len(), 2);
        assert!(pointers.contains(&String::new()) && pointers.contains(&"/parts/0".to_owned()));
    }

    #[test]
    fn edition_3_1_is_read_with_its_own_schemas() {
        let text = r#"
openapi: 3.1.0
info: {title: Shop, version: "1", summary: new in 3.1}
webhooks: {}
paths:
  /a:
    get:
      responses:
        "200":
          description: found
          content: {application/json: {schema: {type: [string, "null"], exclusiveMinimum: 3}}}
"#;
        let shop = interface(text);
        let schema = shop.operations[0].answers[0].content[0].schema.clone().expect("is described");
        assert_eq!(schema.validate(&json!(null)), []);
        assert_eq!(schema.validate(&json!(1)).len(), 2);
        assert!(interface("{openapi: 3.1.1, info: {title: a, version: b}}").operations.is_empty());
    }
}
