//! A message whose type is known: field names as keys, in the order in which they were sent. Values of a repeated field
//! stand together where the first of them was, defaults that were not sent are not invented.

use prost_reflect::{FieldDescriptor, Kind as Type, MessageDescriptor};

use super::super::document::{Builder, Kind};
use super::known;
use super::scalar::{map_key, packed, scalar};
use super::wire::{Field, Fields, Value};
use super::{Broken, go_on, unknown_field};

/// Most unknown fields of a map entry that are named.
const NAMED: usize = 8;

/// Writes a message as an object.
pub fn message(
    builder: &mut Builder,
    bytes: &[u8],
    descriptor: &MessageDescriptor,
) -> Result<(), Broken> {
    builder.open(Kind::Object);
    members(builder, bytes, descriptor)?;
    builder.close();
    Ok(())
}

pub fn members(
    builder: &mut Builder,
    bytes: &[u8],
    descriptor: &MessageDescriptor,
) -> Result<(), Broken> {
    go_on(builder)?;
    // one more than may be kept shows that there are more
    let room = builder.room_to_hold() + 1;
    let all = Fields::new(bytes)
        .take(room)
        .collect::<Result<Vec<_>, _>>()?;
    builder.hold(all.len())?;
    // where the values of a repeated field that were sent later stand
    let later = Later::new(&all);
    for (place, field) in all.iter().enumerate() {
        go_on(builder)?;
        let Some(described) = descriptor.get_field(field.number) else {
            unknown_field(builder, *field)?;
            continue;
        };
        if !described.is_list() && !described.is_map() {
            let mut note = note_of(&described);
            if later.has_another(place) {
                note.push_str(again(&described));
            }
            builder.key(described.name());
            element(builder, field.value, &described, &note)?;
        } else if later.is_first(place) {
            let places = later.places_from(place);
            let values = places.iter().map(|&place| all[place].value);
            if described.is_map() {
                map(builder, values, &described)?;
            } else {
                list(builder, values, &described)?;
            }
        }
    }
    builder.release(all.len());
    Ok(())
}

fn again(described: &FieldDescriptor) -> &'static str {
    if matches!(described.kind(), Type::Message(_)) {
        ", sent again below: receivers merge them"
    } else {
        ", sent again below: the last one counts"
    }
}

/// Writes one value of a field, with a remark unless that is empty.
fn element(
    builder: &mut Builder,
    value: Value<'_>,
    described: &FieldDescriptor,
    note: &str,
) -> Result<(), Broken> {
    let kind = described.kind();
    if let Type::Message(inner) = &kind {
        let (Value::Bytes(bytes) | Value::Group(bytes)) = value else {
            return Err(misfit(described, value));
        };
        builder.open(Kind::Object);
        if !note.is_empty() {
            builder.note(note);
        }
        if let Some(known) = known::remark(bytes, inner) {
            builder.note(&known);
        }
        if !known::any(builder, bytes, inner)? {
            members(builder, bytes, inner)?;
        }
        builder.close();
        return Ok(());
    }
    if !scalar(builder, value, &kind) {
        return Err(misfit(described, value));
    }
    if !note.is_empty() {
        builder.note(note);
    }
    Ok(())
}

/// All values of a repeated field, packed or not.
fn list<'a>(
    builder: &mut Builder,
    values: impl Iterator<Item = Value<'a>>,
    described: &FieldDescriptor,
) -> Result<(), Broken> {
    let kind = described.kind();
    let is_packable = !matches!(kind, Type::String | Type::Bytes | Type::Message(_));
    builder.key(described.name());
    builder.open(Kind::Array);
    builder.note(&note_of(described));
    for value in values {
        go_on(builder)?;
        let Value::Bytes(mut bytes) = value else {
            element(builder, value, described, "")?;
            continue;
        };
        if !is_packable {
            element(builder, value, described, "")?;
            continue;
        }
        while !bytes.is_empty() {
            go_on(builder)?;
            let inside = packed(&mut bytes, &kind).ok_or_else(|| misfit(described, value))?;
            element(builder, inside, described, "")?;
        }
    }
    builder.close();
    Ok(())
}

/// The entries of a map, in the order in which they were sent; a key may stand twice.
fn map<'a>(
    builder: &mut Builder,
    values: impl Iterator<Item = Value<'a>>,
    described: &FieldDescriptor,
) -> Result<(), Broken> {
    let Type::Message(entry) = described.kind() else {
        return Ok(());
    };
    let (key_field, value_field) = (entry.map_entry_key_field(), entry.map_entry_value_field());
    builder.key(described.name());
    builder.open(Kind::Object);
    builder.note(&note_of(described));
    for value in values {
        go_on(builder)?;
        let Value::Bytes(bytes) = value else {
            return Err(misfit(described, value));
        };
        let (mut key, mut inside, mut rest) = (None, None, Vec::new());
        let mut more = 0;
        for field in Fields::new(bytes) {
            match field? {
                Field { number: 1, value } => key = Some(value),
                Field { number: 2, value } => inside = Some(value),
                other if rest.len() < NAMED => rest.push(other.number.to_string()),
                _ => more += 1,
            }
        }
        // a part that is not sent has its default (Protobuf encoding, "Maps")
        let key = key.unwrap_or_else(|| default_of(&key_field.kind()));
        if !map_key(builder, key, &key_field.kind()) {
            return Err(misfit(&key_field, key));
        }
        let inside = inside.unwrap_or_else(|| default_of(&value_field.kind()));
        if more > 0 {
            rest.push(format!("{more} more"));
        }
        let note = match rest.as_slice() {
            [] => String::new(),
            rest => format!("its entry also has {}, not in the schema", rest.join(", ")),
        };
        element(builder, inside, &value_field, &note)?;
    }
    builder.close();
    Ok(())
}

/// What stands for a part of a map entry that was not sent.
fn default_of(kind: &Type) -> Value<'static> {
    match kind {
        Type::Double | Type::Fixed64 | Type::Sfixed64 => Value::Fixed64(0),
        Type::Float | Type::Fixed32 | Type::Sfixed32 => Value::Fixed32(0),
        Type::String | Type::Bytes | Type::Message(_) => Value::Bytes(&[]),
        _ => Value::Varint(0),
    }
}

fn misfit(described: &FieldDescriptor, value: Value<'_>) -> Broken {
    Broken::Field {
        name: described.name().to_owned(),
        wanted: type_name(&described.kind()),
        came: value.wire_type(),
    }
}

/// `field 3, int32`, with the name of its oneof.
fn note_of(described: &FieldDescriptor) -> String {
    let number = described.number();
    let kind = described.kind();
    let mut note = match &kind {
        Type::Message(entry) if described.is_map() => {
            let key = type_name(&entry.map_entry_key_field().kind());
            let value = type_name(&entry.map_entry_value_field().kind());
            format!("field {number}, map<{key}, {value}>")
        }
        kind if described.is_list() => format!("field {number}, repeated {}", type_name(kind)),
        kind => format!("field {number}, {}", type_name(kind)),
    };
    if let Some(oneof) = described.containing_oneof().filter(|it| !it.is_synthetic()) {
        note.push_str(", oneof ");
        note.push_str(oneof.name());
    }
    note
}

/// The name of a type as `.proto` files write it.
pub fn type_name(kind: &Type) -> String {
    match kind {
        Type::Message(message) => message.full_name().to_owned(),
        Type::Enum(names) => format!("enum {}", names.full_name()),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// Which fields of a message have the same number.
struct Later {
    /// The next place with the same number, for each place; its own place for the last.
    next: Vec<u32>,
    is_first: Vec<bool>,
}

impl Later {
    fn new(all: &[Field<'_>]) -> Self {
        let mut order: Vec<u32> = (0..u32::try_from(all.len()).unwrap_or(u32::MAX)).collect();
        order.sort_by_key(|&place| (all[place as usize].number, place));
        let mut next: Vec<u32> = vec![0; all.len()];
        let mut is_first = vec![true; all.len()];
        for (index, &place) in order.iter().enumerate() {
            let same = order
                .get(index + 1)
                .filter(|&&after| all[after as usize].number == all[place as usize].number);
            next[place as usize] = same.copied().unwrap_or(place);
            if let Some(&after) = same {
                is_first[after as usize] = false;
            }
        }
        Self { next, is_first }
    }

    fn is_first(&self, place: usize) -> bool {
        self.is_first[place]
    }

    fn has_another(&self, place: usize) -> bool {
        self.next[place] as usize != place
    }

    /// This place and all later ones with the same number.
    fn places_from(&self, place: usize) -> Vec<usize> {
        let follow = |&at: &usize| {
            let next = self.next[at] as usize;
            (next != at).then_some(next)
        };
        std::iter::successors(Some(place), follow).collect()
    }
}
