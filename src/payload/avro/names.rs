//! The named types in schemas, by full name.

use std::collections::BTreeMap;

use apache_avro::Schema;

/// Records, enums and fixed types by their full names.
#[derive(Debug, Default)]
pub struct Names {
    all: BTreeMap<String, Schema>,
}

impl Names {
    /// Takes over what is defined in a schema.
    pub fn gather(&mut self, schema: &Schema) {
        self.gather_in(schema, None);
    }

    /// The type that `name` stands for in this namespace.
    pub fn get(&self, full_name: &str) -> Option<&Schema> {
        self.all.get(full_name)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Schema)> {
        self.all.iter()
    }

    fn gather_in(&mut self, schema: &Schema, namespace: Option<&str>) {
        let mut inner_namespace = namespace.map(str::to_owned);
        if let Some(name) = schema
            .name()
            .filter(|_| !matches!(schema, Schema::Ref { .. }))
        {
            self.all.insert(name.fullname(namespace), schema.clone());
            let full = name.fully_qualified_name(namespace);
            inner_namespace = full.namespace().map(str::to_owned);
        }
        let inner_namespace = inner_namespace.as_deref();
        match schema {
            Schema::Record(record) => {
                for field in &record.fields {
                    self.gather_in(&field.schema, inner_namespace);
                }
            }
            Schema::Array(array) => self.gather_in(&array.items, namespace),
            Schema::Map(map) => self.gather_in(&map.types, namespace),
            Schema::Union(union) => {
                for variant in union.variants() {
                    self.gather_in(variant, namespace);
                }
            }
            _ => {}
        }
    }
}
