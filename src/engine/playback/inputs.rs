//! What a workflow is given: the caller's values, generated ones, defaults; then its schema has the last word.

use jiff::Timestamp;
use serde_json::Value;

use super::player::Player;
use crate::engine::evaluate::Values;
use crate::scenario::plan::Workflow;

/// Why a workflow cannot be given its inputs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// The marketplace has no such generator.
    #[error("the input {input} of workflow {workflow} names the generator {generator}, which does not exist here")]
    NoGenerator {
        /// The workflow.
        workflow: String,
        /// The input.
        input: String,
        /// The generator.
        generator: String,
    },
    /// The inputs do not fit the workflow's schema.
    #[error("the inputs of workflow {workflow} do not fit: {}", problems.join("; "))]
    Misfit {
        /// The workflow.
        workflow: String,
        /// Everything that does not fit, each as a sentence without a full stop.
        problems: Vec<String>,
    },
    /// The schema itself is wrong.
    #[error("the schema of the inputs of workflow {workflow} is no JSON Schema: {problem}")]
    Schema {
        /// The workflow.
        workflow: String,
        /// What is wrong.
        problem: String,
    },
}

/// Makes inputs, all of them from one seed.
#[derive(Debug)]
pub(super) struct Inputs {
    random: fastrand::Rng,
}

impl Inputs {
    pub(super) fn new(seed: u64) -> Self {
        Self { random: fastrand::Rng::with_seed(seed) }
    }

    /// The inputs of a workflow. `given` wins over a generator, a generator over a default.
    pub(super) fn fill(
        &mut self,
        workflow: &Workflow,
        mut given: Values,
        player: &mut Player,
        now: Timestamp,
    ) -> Result<Values, InputError> {
        let Some(inputs) = &workflow.inputs else { return Ok(given) };
        for (input, generator) in &inputs.generated {
            if !given.contains_key(input) {
                let value =
                    player.generate(generator, now, &mut self.random).ok_or_else(|| InputError::NoGenerator {
                        workflow: workflow.id.clone(),
                        input: input.clone(),
                        generator: generator.clone(),
                    })?;
                given.insert(input.clone(), value);
            }
        }
        for (input, value) in &inputs.defaults {
            if !given.contains_key(input) {
                given.insert(input.clone(), value.clone());
            }
        }
        inputs.schema.check().map_err(|problem| InputError::Schema { workflow: workflow.id.clone(), problem })?;
        let given = Value::Object(given);
        let problems: Vec<String> = inputs
            .schema
            .validate(&given)
            .into_iter()
            .map(|violation| match violation.pointer {
                pointer if pointer.is_empty() => violation.problem,
                pointer => format!("{pointer}: {}", violation.problem),
            })
            .collect();
        match given {
            Value::Object(given) if problems.is_empty() => Ok(given),
            _ => Err(InputError::Misfit { workflow: workflow.id.clone(), problems }),
        }
    }
}

/// Of these values those that the workflow declares; all of them when its schema lists no properties.
pub(super) fn declared(workflow: &Workflow, values: &Values) -> Values {
    let Some(inputs) = &workflow.inputs else { return Values::new() };
    let properties = inputs.schema.text().get("properties").and_then(Value::as_object);
    let known = |name: &str| properties.is_none_or(|properties| properties.contains_key(name));
    values.iter().filter(|(name, _)| known(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}
