//! The metrics of a message as rows of a table.

use super::super::document::{Document, Path, Step, ValueId};
use super::super::format::thousands;
use super::super::reading::Reading;
use super::compressed::opened;
use super::datatype;
use super::document::{births, flags};
use super::message::Message;

/// The metrics of a message.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// One row for each metric, in the order in which they were sent.
    pub rows: Vec<MetricRow>,
    /// How many of them have neither a name nor a birth that gives them one.
    pub unnamed: usize,
}

/// One metric.
#[derive(Debug, Clone)]
pub struct MetricRow {
    /// Its name; `None` where only the alias is known.
    pub name: Option<String>,
    /// Its alias.
    pub alias: Option<u64>,
    /// The name of its type.
    pub kind: String,
    /// Its value as the document shows it; what is structured in a few words.
    pub value: String,
    /// When it was taken, in milliseconds since 1970.
    pub timestamp: Option<u64>,
    /// Which flags are set: `historical`, `transient`, `null`.
    pub flags: String,
    /// Its value in the document.
    pub id: Option<ValueId>,
}

/// The metrics of `payload`, which was read as `document`.
pub fn table(payload: &[u8], reading: &Reading, document: &Document) -> Table {
    let mut inside = Vec::new();
    let Ok(mut message) = opened(payload, &mut inside) else {
        return Table::default();
    };
    let mut opened_births = Vec::new();
    let births = births(reading, &mut opened_births);
    let births: Vec<&Message<'_>> = births.iter().collect();
    let unnamed = message.resolve(&births);
    let metrics = Path(vec![Step::Key("metrics".to_owned(), 0)]);
    let metrics = document.find(&metrics);
    let mut ids = metrics.into_iter().flat_map(|id| document.children(id));
    let row = |metric: &super::message::Metric<'_>| {
        let id = ids.next();
        MetricRow {
            name: metric.name.map(str::to_owned),
            alias: metric.alias,
            kind: datatype::name(metric.datatype),
            value: id.map_or_else(String::new, |id| in_words(document, id)),
            timestamp: metric.timestamp,
            flags: flags(metric).collect::<Vec<_>>().join(", "),
            id,
        }
    };
    let rows = message.metrics.iter().map(row).collect();
    Table { rows, unnamed }
}

fn in_words(document: &Document, id: ValueId) -> String {
    if !document.kind(id).is_container() {
        return document.text(id).to_owned();
    }
    let inside = thousands(document.children(id).count() as u64);
    let rows = document
        .children(id)
        .find(|&child| document.key_text(child).is_some_and(|key| key == "rows"));
    match rows {
        Some(rows) => {
            let rows = thousands(document.children(rows).count() as u64);
            format!("{rows} rows")
        }
        None => format!("{inside} values"),
    }
}
