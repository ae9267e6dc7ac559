//! Fields of forms, each with its label, its hint and what is wrong with it, tied together for screen readers.

use maud::{Markup, html};

/// What a field is about.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Field<'a> {
    /// Its name in the form, and its id on the page.
    pub(crate) name: &'a str,
    /// What stands above it.
    pub(crate) label: &'a str,
    /// How to fill it in.
    pub(crate) hint: Option<&'a str>,
    /// What it holds.
    pub(crate) value: &'a str,
    /// What is wrong with it.
    pub(crate) error: Option<&'a str>,
}

impl Field<'_> {
    /// The ids of what describes it.
    fn described(&self) -> Option<String> {
        let hint = self.hint.map(|_| format!("{}-hint", self.name));
        let error = self.error.map(|_| format!("{}-error", self.name));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn wrapped(&self, control: Markup) -> Markup {
        html! {
            div.field.wrong[self.error.is_some()] {
                label for=(self.name) { (self.label) }
                @if let Some(hint) = self.hint { p.hint id={ (self.name) "-hint" } { (hint) } }
                @if let Some(error) = self.error { p.error id={ (self.name) "-error" } { (error) } }
                (control)
            }
        }
    }
}

/// One line of text. `kind` is the type of the input: `text`, `search`, `number`, `date`, `url`, `email`.
pub(crate) fn line(field: Field<'_>, kind: &str) -> Markup {
    field.wrapped(html! {
        input type=(kind) id=(field.name) name=(field.name) value=(field.value) autocomplete="off" spellcheck="false"
            aria-describedby=[field.described()] aria-invalid=[field.error.map(|_| "true")];
    })
}

/// Several lines of text, `rows` of which are seen.
pub(crate) fn area(field: Field<'_>, rows: usize) -> Markup {
    // A browser drops the first line feed of a text area; one more keeps what the text begins with.
    field.wrapped(html! {
        textarea id=(field.name) name=(field.name) rows=(rows) autocomplete="off" spellcheck="false" autocapitalize="off"
            aria-describedby=[field.described()] aria-invalid=[field.error.map(|_| "true")] { "\n" (field.value) }
    })
}

/// One of several values, each with its label. The first of them is chosen where the field holds none.
pub(crate) fn select(field: Field<'_>, options: &[(String, String)]) -> Markup {
    field.wrapped(html! {
        select id=(field.name) name=(field.name) aria-describedby=[field.described()]
            aria-invalid=[field.error.map(|_| "true")] {
            @for (value, label) in options {
                option value=(value) selected[value == field.value] { (label) }
            }
        }
    })
}

/// A value that goes along unseen.
pub(crate) fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// The button that sends the form.
pub(crate) fn send(label: &str) -> Markup {
    html! { button.primary type="submit" { (label) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_tied_to_its_hint_and_its_error_and_holds_nothing_that_is_no_text() {
        let field = Field {
            name: "order",
            label: "Order",
            hint: Some("As the store knows it"),
            value: "\"><script>",
            error: Some("No such order"),
        };
        let markup = line(field, "text").into_string();
        assert!(markup.contains(r#"aria-describedby="order-hint order-error" aria-invalid="true""#), "{markup}");
        assert!(markup.contains(r#"<p class="error" id="order-error">"#), "{markup}");
        assert!(!markup.contains("<script>"), "{markup}");
    }

    #[test]
    fn the_value_of_a_choice_is_chosen() {
        let options = [("a".to_owned(), "A".to_owned()), ("b".to_owned(), "B".to_owned())];
        let markup = select(Field { name: "n", label: "N", value: "b", ..Field::default() }, &options).into_string();
        assert!(markup.contains(r#"<option value="b" selected>B"#), "{markup}");
        assert!(!markup.contains("aria-describedby"), "{markup}");
    }
}
