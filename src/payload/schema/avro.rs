//! Avro schemas (`.avsc`), which may name each other's types.

use std::collections::BTreeMap;

use apache_avro::Schema;
use apache_avro::rabin::Rabin;

use super::super::avro::Names;
use super::{FileReport, SchemaKind, Source};

/// All Avro schemas that are described.
#[derive(Debug, Default)]
pub struct AvroSchemas {
    /// By full name, each named type in the files; a schema without a name by that of its file.
    by_name: BTreeMap<String, Schema>,
    /// The names of those that a message may have as a whole: records, and what stands alone in a file.
    choices: Vec<String>,
    by_fingerprint: BTreeMap<Vec<u8>, String>,
    names: Names,
}

impl AvroSchemas {
    /// Reads the files that are Avro, and reports what was found in them and what is wrong.
    pub fn new(sources: &[Source], reports: &mut [FileReport]) -> Self {
        let mut schemas = Self::default();
        let mut texts = Vec::new();
        for source in sources {
            let report = &mut reports[source.place];
            if report.kind != SchemaKind::Avro {
                continue;
            }
            match str::from_utf8(&source.contents) {
                Ok(text) => texts.push((source.place, text)),
                Err(_not_utf8) => report
                    .problems
                    .push("Not UTF-8 text. Save it as UTF-8, then reload.".to_owned()),
            }
        }
        let roots = parse(&texts, reports);
        let all: Vec<Schema> = roots.iter().map(|(_, schema)| schema.clone()).collect();
        for (place, schema) in roots {
            schemas.take(schema, &all, &mut reports[place]);
        }
        schemas.choices.sort();
        schemas.choices.dedup();
        schemas
    }

    /// Names of what a message may be, in order.
    pub fn choices(&self) -> &[String] {
        &self.choices
    }

    /// The schema of this name.
    pub fn get(&self, name: &str) -> Option<&Schema> {
        self.by_name.get(name)
    }

    /// The name of the schema with this fingerprint (CRC-64-AVRO, as a single object carries it).
    pub fn by_fingerprint(&self, fingerprint: &[u8]) -> Option<&str> {
        self.by_fingerprint.get(fingerprint).map(String::as_str)
    }

    /// The named types, to look references up.
    pub fn names(&self) -> &Names {
        &self.names
    }

    fn take(&mut self, schema: Schema, all: &[Schema], report: &mut FileReport) {
        let name = match schema.name() {
            Some(name) => name.fullname(None),
            None => stem(&report.path),
        };
        let others: Vec<Schema> = all.iter().filter(|it| **it != schema).cloned().collect();
        let whole = schema.independent_canonical_form(&others);
        if let Ok(whole) = whole.and_then(|text| Schema::parse_str(&text)) {
            let fingerprint = whole.fingerprint::<Rabin>().bytes;
            self.by_fingerprint.insert(fingerprint, name.clone());
        }
        let mut found = Names::default();
        found.gather(&schema);
        report.types.push(name.clone());
        for (inner, its) in found.iter() {
            if matches!(its, Schema::Record(_)) && *inner != name {
                report.types.push(inner.clone());
            }
            self.by_name
                .entry(inner.clone())
                .or_insert_with(|| its.clone());
        }
        self.choices.extend(report.types.iter().cloned());
        self.names.gather(&schema);
        self.by_name.insert(name, schema);
    }
}

/// Parses the files together, so that one may name types of another; where that fails, as many of them as go together.
fn parse(texts: &[(usize, &str)], reports: &mut [FileReport]) -> Vec<(usize, Schema)> {
    let mut waiting: Vec<(usize, &str)> = Vec::new();
    let mut roots = Vec::new();
    for &(place, text) in texts {
        // only what has a name can be named by another file
        match serde_json::from_str::<serde_json::Value>(text) {
            Ok(value) if value.get("name").is_some() => waiting.push((place, text)),
            Ok(_) => match Schema::parse_str(text) {
                Ok(schema) => roots.push((place, schema)),
                Err(err) => reports[place].problems.push(sentence(&err.to_string())),
            },
            Err(err) => reports[place].problems.push(sentence(&err.to_string())),
        }
    }
    if let Some(all) = parse_list(&waiting) {
        roots.extend(all);
        return roots;
    }
    let mut taken: Vec<(usize, &str)> = Vec::new();
    loop {
        let before = waiting.len();
        waiting.retain(|&file| {
            taken.push(file);
            let fits = parse_list(&taken).is_some();
            if !fits {
                taken.pop();
            }
            !fits
        });
        if waiting.len() == before {
            break;
        }
    }
    for &(place, text) in &waiting {
        let texts = taken.iter().map(|(_, text)| *text).chain([text]);
        let err = Schema::parse_list(texts).err();
        let why = err.map_or_else(String::new, |err| err.to_string());
        reports[place].problems.push(sentence(&why));
    }
    roots.extend(parse_list(&taken).unwrap_or_default());
    roots
}

fn parse_list(files: &[(usize, &str)]) -> Option<Vec<(usize, Schema)>> {
    let schemas = Schema::parse_list(files.iter().map(|(_, text)| *text)).ok()?;
    Some(files.iter().map(|(place, _)| *place).zip(schemas).collect())
}

fn sentence(why: &str) -> String {
    format!(
        "Not an Avro schema: {why}. Correct it, or add the file with what it names, then reload."
    )
}

/// The name of a file without its ending.
fn stem(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.rsplit_once('.')
        .map_or(name, |(stem, _)| stem)
        .to_owned()
}
