//! A Sparkplug B payload as its publisher sent it (Sparkplug 3.0, 6.4.1 to 6.4.3), with nothing left out.

use std::collections::HashMap;

use super::super::document::Limit;
use super::super::misfit::Misfit;
use super::super::protobuf::wire::{Field, Fields, Value};
use super::value::misfit;

/// Most metrics and unknown fields together that are kept of a payload: two bytes are enough for one, which takes seventy
/// times that in memory.
const MAX_KEPT: usize = 1 << 19;

/// A payload.
#[derive(Debug, Clone, Default)]
pub struct Message<'a> {
    /// When it was sent, in milliseconds since 1970.
    pub timestamp: Option<u64>,
    /// Number of the message on its edge node, 0 to 255.
    pub seq: Option<u64>,
    /// What is in the body.
    pub uuid: Option<&'a str>,
    /// Bytes of any kind.
    pub body: Option<&'a [u8]>,
    /// The metrics, as they were sent.
    pub metrics: Vec<Metric<'a>>,
    /// Fields that Sparkplug does not have.
    pub others: Vec<Field<'a>>,
}

/// A metric, or a member of a template.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the wire"
)]
pub struct Metric<'a> {
    /// Its name; messages after a birth may leave it out.
    pub name: Option<&'a str>,
    /// The number that stands for its name.
    pub alias: Option<u64>,
    /// When the value was taken, in milliseconds since 1970.
    pub timestamp: Option<u64>,
    /// Number of its type; 0 where it is not known.
    pub datatype: u32,
    /// Whether the value is an old one, sent late.
    pub is_historical: bool,
    /// Whether it is not to be kept.
    pub is_transient: bool,
    /// Whether it has no value.
    pub is_null: bool,
    /// Its metadata, encoded.
    pub metadata: Option<&'a [u8]>,
    /// Its properties, encoded.
    pub properties: Option<&'a [u8]>,
    /// Its value: the number of the field that carries it, and that field.
    pub value: Option<Field<'a>>,
    /// Fields that Sparkplug does not have.
    pub others: Vec<Field<'a>>,
    /// Whether name or type came from a birth.
    pub is_resolved: bool,
}

impl<'a> Message<'a> {
    /// Reads a payload.
    ///
    /// # Errors
    /// [`Misfit`] when it is no Protobuf message, or has too many metrics.
    pub fn read(payload: &'a [u8]) -> Result<Self, Misfit> {
        let mut message = Self::default();
        let mut room = MAX_KEPT;
        for field in Fields::new(payload) {
            let field = field.map_err(misfit)?;
            match (field.number, field.value) {
                (1, Value::Varint(time)) => message.timestamp = Some(time),
                (2, Value::Bytes(bytes)) => {
                    take_one(&mut room)?;
                    message.metrics.push(Metric::read(bytes, &mut room)?);
                }
                (3, Value::Varint(seq)) => message.seq = Some(seq),
                (4, Value::Bytes(bytes)) if message.uuid.is_none() && text(bytes).is_some() => {
                    message.uuid = text(bytes);
                }
                (5, Value::Bytes(bytes)) if message.body.is_none() => message.body = Some(bytes),
                _ => {
                    take_one(&mut room)?;
                    message.others.push(field);
                }
            }
        }
        Ok(message)
    }

    /// Fills in the names and types that births give to aliases; a later birth counts more. Says how many aliases are left
    /// without a name.
    pub fn resolve(&mut self, births: &[&'a Self]) -> usize {
        let is_open = |metric: &Metric<'_>| metric.name.is_none() || metric.datatype == 0;
        if !self.metrics.iter().any(is_open) {
            return 0;
        }
        let mut known: HashMap<u64, (&'a str, u32)> = HashMap::new();
        let mut types: HashMap<&'a str, u32> = HashMap::new();
        for metric in births.iter().flat_map(|birth| &birth.metrics) {
            if let Some(name) = metric.name {
                types.insert(name, metric.datatype);
                if let Some(alias) = metric.alias {
                    known.insert(alias, (name, metric.datatype));
                }
            }
        }
        let mut left = 0;
        for metric in self.metrics.iter_mut().filter(|it| is_open(it)) {
            if metric.name.is_none()
                && let Some((name, _)) = metric.alias.and_then(|alias| known.get(&alias))
            {
                metric.name = Some(name);
                metric.is_resolved = true;
            }
            if metric.datatype == 0
                && let Some(datatype) = metric.name.and_then(|name| types.get(name))
            {
                metric.datatype = *datatype;
                metric.is_resolved = true;
            }
            left += usize::from(metric.name.is_none());
        }
        left
    }
}

impl<'a> Metric<'a> {
    /// Reads a metric. Of its unknown fields as many are kept as there is room for.
    ///
    /// # Errors
    /// [`Misfit`] when it is no Protobuf message, or has more than that.
    pub fn read(bytes: &'a [u8], room: &mut usize) -> Result<Self, Misfit> {
        let mut metric = Self::default();
        for field in Fields::new(bytes) {
            let field = field.map_err(misfit)?;
            match (field.number, field.value) {
                (1, Value::Bytes(name)) if text(name).is_some() => metric.name = text(name),
                (2, Value::Varint(alias)) => metric.alias = Some(alias),
                (3, Value::Varint(time)) => metric.timestamp = Some(time),
                (4, Value::Varint(datatype)) => {
                    metric.datatype = u32::try_from(datatype).unwrap_or(u32::MAX);
                }
                (5, Value::Varint(flag)) => metric.is_historical = flag != 0,
                (6, Value::Varint(flag)) => metric.is_transient = flag != 0,
                (7, Value::Varint(flag)) => metric.is_null = flag != 0,
                (8, Value::Bytes(bytes)) if metric.metadata.is_none() => {
                    metric.metadata = Some(bytes);
                }
                (9, Value::Bytes(bytes)) if metric.properties.is_none() => {
                    metric.properties = Some(bytes);
                }
                (10..=19, _) if metric.value.is_none() => metric.value = Some(field),
                _ => {
                    take_one(room)?;
                    metric.others.push(field);
                }
            }
        }
        Ok(metric)
    }

    /// Under which key it stands: its name, or its alias where no name is known.
    pub fn key(&self) -> String {
        match (self.name, self.alias) {
            (Some(name), _) => name.to_owned(),
            (None, Some(alias)) => format!("alias {alias}"),
            (None, None) => "without a name".to_owned(),
        }
    }

    /// Its value as an integer without sign.
    pub fn unsigned(&self) -> Option<u64> {
        match self.value?.value {
            Value::Varint(value) => Some(value),
            _ => None,
        }
    }
}

fn take_one(room: &mut usize) -> Result<(), Limit> {
    *room = room.checked_sub(1).ok_or(Limit::Size)?;
    Ok(())
}

/// UTF-8 text.
pub fn text(bytes: &[u8]) -> Option<&str> {
    str::from_utf8(bytes).ok()
}
