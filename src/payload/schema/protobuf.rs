//! Compiles `.proto` sources, and takes over descriptor sets. Imports are looked for among the chosen files and the types
//! that Protobuf itself defines, never on the disk.

use std::collections::BTreeMap;

use prost_reflect::{DescriptorPool, MessageDescriptor};
use protox::file::{
    ChainFileResolver, DescriptorSetFileResolver, File, FileResolver, GoogleFileResolver,
};
use protox::{Compiler, Error};

use super::{FileReport, SchemaKind, Source};

/// All Protobuf messages that are described.
#[derive(Debug, Default)]
pub struct ProtobufSchemas {
    /// One of all sources together, then one of each descriptor set: two sets may describe the same file differently.
    pools: Vec<DescriptorPool>,
    types: Vec<String>,
}

impl ProtobufSchemas {
    /// Reads the files that are Protobuf, and reports what was found in them and what is wrong.
    pub fn new(sources: &[Source], reports: &mut [FileReport]) -> Self {
        let of_kind = |kind| {
            let paths: Vec<_> = reports
                .iter()
                .map(|it| (it.path.clone(), it.kind))
                .collect();
            sources.iter().filter(move |it| paths[it.place].1 == kind)
        };
        let sets: Vec<&Source> = of_kind(SchemaKind::DescriptorSet).collect();
        let protos: Vec<&Source> = of_kind(SchemaKind::Proto).collect();
        let mut schemas = Self::default();
        if !protos.is_empty() {
            schemas.compile(&protos, &sets, reports);
        }
        for set in &sets {
            schemas.take_set(set, &mut reports[set.place]);
        }
        schemas.types = schemas.pools.iter().flat_map(messages).collect();
        schemas.types.sort();
        schemas.types.dedup();
        schemas
    }

    /// Full names of all messages, in order.
    pub fn types(&self) -> &[String] {
        &self.types
    }

    /// The message with this full name; of several the one from the sources.
    pub fn get(&self, name: &str) -> Option<MessageDescriptor> {
        self.pools
            .iter()
            .find_map(|pool| pool.get_message_by_name(name))
    }

    fn take_set(&mut self, set: &Source, report: &mut FileReport) {
        match DescriptorPool::decode(set.contents.clone()) {
            Ok(pool) => {
                report.types = messages(&pool).collect();
                if report.types.is_empty() {
                    let text = "It describes no messages. Write it with “protoc --include_imports --descriptor_set_out”.";
                    report.problems.push(text.to_owned());
                }
                self.pools.push(pool);
            }
            Err(err) => report.problems.push(format!(
                "Not a descriptor set: {err}. Write it with “protoc --include_imports --descriptor_set_out”."
            )),
        }
    }

    fn compile(&mut self, protos: &[&Source], sets: &[&Source], reports: &mut [FileReport]) {
        let chosen = Chosen::new(protos, reports);
        let names = chosen.names.clone();
        let mut resolver = ChainFileResolver::new();
        resolver.add(chosen);
        for set in sets {
            if let Ok(set) = DescriptorSetFileResolver::decode(set.contents.clone()) {
                resolver.add(set);
            }
        }
        resolver.add(GoogleFileResolver::new());
        let mut compiler = Compiler::with_file_resolver(resolver);
        compiler.include_imports(true).include_source_info(true);
        for (name, place) in &names {
            match compiler.open_file(name) {
                Ok(_) => {
                    let pool = compiler.descriptor_pool();
                    let file = pool.get_file_by_name(name);
                    let types = file.map(|file| of_file(&file)).unwrap_or_default();
                    reports[*place].types = types;
                }
                Err(err) => {
                    let problem = sentence(&err, name, &names, reports);
                    reports[*place].problems.push(problem);
                }
            }
        }
        self.pools.push(compiler.descriptor_pool());
    }
}

/// Full names of the messages in a pool; not of what Protobuf defines itself, nor of map entries.
fn messages(pool: &DescriptorPool) -> impl Iterator<Item = String> {
    pool.all_messages()
        .filter(|it| !it.is_map_entry() && it.package_name() != "google.protobuf")
        .map(|it| it.full_name().to_owned())
}

fn of_file(file: &prost_reflect::FileDescriptor) -> Vec<String> {
    let in_file = |it: &MessageDescriptor| it.parent_file() == *file && !it.is_map_entry();
    let all = file.parent_pool().all_messages().filter(in_file);
    all.map(|it| it.full_name().to_owned()).collect()
}

/// What is wrong, where, and what to do.
fn sentence(
    err: &Error,
    name: &str,
    names: &BTreeMap<String, usize>,
    reports: &[FileReport],
) -> String {
    let (what, line) = (err.to_string(), line_of(err));
    let place = match (err.file(), line) {
        (Some(file), Some(line)) if file != name => {
            let path = names.get(file).map(|&place| reports[place].path.as_str());
            format!("{}, line {line}: ", path.unwrap_or(file))
        }
        (_, Some(line)) => format!("Line {line}: "),
        (Some(file), None) if file != name => format!("{file}: "),
        _ => String::new(),
    };
    let cure = if err.is_file_not_found() {
        "Add that file to the list too."
    } else {
        "Correct it, then reload."
    };
    format!("{place}{what}. {cure}")
}

/// The line of an error, counted from 1. The compiler says it only in its technical form: `file:line:column: text`.
fn line_of(err: &Error) -> Option<usize> {
    let technical = format!("{err:?}");
    let behind = technical.strip_prefix(err.file()?)?.trim_start_matches(':');
    behind.split(':').next()?.parse().ok()
}

/// The chosen sources by the names under which they import each other.
struct Chosen {
    sources: BTreeMap<String, String>,
    /// The name of each file, and its place.
    names: BTreeMap<String, usize>,
    /// Other names under which a file is imported too, and the name that it has.
    aliases: BTreeMap<String, String>,
}

impl Chosen {
    fn new(protos: &[&Source], reports: &mut [FileReport]) -> Self {
        let mut texts = BTreeMap::new();
        let mut imports: Vec<String> = Vec::new();
        for source in protos {
            let report = &mut reports[source.place];
            let Ok(text) = str::from_utf8(&source.contents) else {
                let text = "Not UTF-8 text. Save it as UTF-8, then reload.";
                report.problems.push(text.to_owned());
                continue;
            };
            // what is wrong with it is said when it is compiled
            if let Ok(file) = File::from_source(&report.path, text) {
                imports.extend(file.file_descriptor_proto().dependency.iter().cloned());
            }
            texts.insert(source.place, text.to_owned());
        }
        imports.sort_by_key(|name| std::cmp::Reverse(name.len()));
        imports.dedup();
        let mut chosen = Self {
            sources: BTreeMap::new(),
            names: BTreeMap::new(),
            aliases: BTreeMap::new(),
        };
        for (place, text) in texts {
            let path = slashes(&reports[place].path);
            let mut by_import = imports.iter().filter(|name| ends_in(&path, name));
            let name = by_import.next().cloned().unwrap_or_else(|| {
                let short = path.rsplit('/').next().unwrap_or(&path).to_owned();
                if chosen.names.contains_key(&short) {
                    path.trim_start_matches('/').replace(':', "")
                } else {
                    short
                }
            });
            if chosen.names.contains_key(&name) {
                let text = format!(
                    "Another file in the list is imported as “{name}” already. Remove one of them."
                );
                reports[place].problems.push(text);
                continue;
            }
            for other in by_import {
                let known = chosen.aliases.entry(other.clone());
                known.or_insert_with(|| name.clone());
            }
            chosen.names.insert(name.clone(), place);
            chosen.sources.insert(name, text);
        }
        chosen
    }
}

impl FileResolver for Chosen {
    fn open_file(&self, name: &str) -> Result<File, Error> {
        if let Some(text) = self.sources.get(name) {
            return File::from_source(name, text);
        }
        match self.aliases.get(name) {
            // the same file under another name: one that hands on everything in it
            Some(real) => File::from_source(name, &format!("import public \"{real}\";")),
            None => Err(Error::file_not_found(name)),
        }
    }
}

/// A path with the separators that imports have.
fn slashes(path: &str) -> String {
    path.replace('\\', "/")
}

/// Whether a path ends in the name under which a file is imported.
fn ends_in(path: &str, name: &str) -> bool {
    let rest = path.strip_suffix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}
