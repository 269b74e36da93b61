//! The children of one branch in the order of their rows, with row sums, so that row k of a million siblings is
//! found in microseconds and a new sibling moves a few hundred at most.

use std::cmp::Ordering;

use super::NodeId;
use super::names::number;
use super::node::Node;
use super::paged::Paged;

/// Most children in one slot; a slot that grows beyond is split in two.
const SLOT_MAX: usize = 256;
/// Children in a slot when a listing is laid out anew, so that there is room to insert.
const SLOT_FILL: usize = 192;

/// One child in a listing: which slot in row order, and which entry in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    slot: usize,
    entry: usize,
}

/// The children of a branch that has been opened or has grown big.
#[derive(Debug)]
pub(super) struct Listing {
    node: NodeId,
    /// All children in order of arrival; a child's [`Node::link`] is its place here.
    arrivals: Vec<NodeId>,
    /// The slot of each child by arrival. Shorter than `arrivals` while new children are held back by a pause.
    slot_of: Vec<u32>,
    slots: Vec<Vec<NodeId>>,
    /// Slots in row order, and the way back.
    order: Vec<u32>,
    position: Vec<u32>,
    /// Rows of each slot, in row order.
    sums: Vec<u32>,
    total: u32,
    /// Slots at the front whose children are in order; the rest is the unsorted tail.
    sorted_slots: usize,
    unsorted: usize,
}

impl Listing {
    /// A listing that knows its children but shows none yet.
    pub(super) fn new(node: NodeId, arrivals: Vec<NodeId>) -> Self {
        Self {
            node,
            arrivals,
            slot_of: Vec::new(),
            slots: Vec::new(),
            order: Vec::new(),
            position: Vec::new(),
            sums: Vec::new(),
            total: 0,
            sorted_slots: 0,
            unsorted: 0,
        }
    }

    pub(super) fn node(&self) -> NodeId {
        self.node
    }

    /// All children in order of arrival, those held back by a pause included.
    pub(super) fn arrivals(&self) -> &[NodeId] {
        &self.arrivals
    }

    /// How many children have rows; the first ones to arrive.
    pub(super) fn placed(&self) -> usize {
        self.slot_of.len()
    }

    /// Rows of all children and of what is open below them.
    pub(super) fn total(&self) -> u32 {
        self.total
    }

    /// Children that stand at the end, out of order.
    pub(super) fn unsorted(&self) -> usize {
        self.unsorted
    }

    /// Takes in a new child without a row; returns its number in order of arrival.
    pub(super) fn arrive(&mut self, child: NodeId) -> u32 {
        self.arrivals.push(child);
        number(self.arrivals.len() - 1)
    }

    /// Gives the next child in order of arrival a row at the end.
    pub(super) fn place_last(&mut self, nodes: &Paged<Node>) {
        let Some(&child) = self.arrivals.get(self.placed()) else {
            return;
        };
        let has_room = |slot: &u32| self.slots[*slot as usize].len() < SLOT_FILL;
        let tail = &self.order[self.sorted_slots..];
        if !tail.last().is_some_and(has_room) {
            self.add_slot(self.order.len(), Vec::new());
        }
        let place = self.order.len() - 1;
        let slot = self.order[place];
        self.slots[slot as usize].push(child);
        self.slot_of.push(slot);
        self.unsorted += 1;
        self.grow(place, nodes[child.index()].width());
    }

    /// Gives the next child in order of arrival a row where `compare` (asked about the children there) wants it.
    pub(super) fn place_in_order(
        &mut self,
        nodes: &Paged<Node>,
        compare: impl Fn(NodeId) -> Ordering,
    ) {
        let Some(&child) = self.arrivals.get(self.placed()) else {
            return;
        };
        if self.sorted_slots == 0 {
            self.add_slot(0, Vec::new());
            self.sorted_slots = 1;
        }
        let after = |slot: &u32| {
            let first = self.slots[*slot as usize].first();
            first.is_none_or(|&first| compare(first) == Ordering::Less)
        };
        let place = self.order[..self.sorted_slots]
            .partition_point(after)
            .saturating_sub(1);
        let slot = self.order[place];
        let entries = &mut self.slots[slot as usize];
        let entry = entries.partition_point(|&other| compare(other) == Ordering::Less);
        entries.insert(entry, child);
        self.slot_of.push(slot);
        self.grow(place, nodes[child.index()].width());
        if self.slots[slot as usize].len() > SLOT_MAX {
            self.split(place, nodes);
        }
    }

    /// Lays out the children that have rows in the order that `compare` wants.
    pub(super) fn sort(
        &mut self,
        nodes: &Paged<Node>,
        compare: impl Fn(&NodeId, &NodeId) -> Ordering,
    ) {
        let children = &self.arrivals[..self.placed()];
        let mut order: Vec<usize> = (0..children.len()).collect();
        order.sort_by(|&a, &b| compare(&children[a], &children[b]));
        *self = Layout::new(&order, children)
            .into_listing(self.node, std::mem::take(&mut self.arrivals));
        for (place, slot) in self.order.iter().enumerate() {
            let rows = self.slots[*slot as usize].iter();
            self.sums[place] = rows.map(|child| nodes[child.index()].width()).sum();
        }
        self.total = self.sums.iter().sum();
    }

    /// Puts a layout in place that was made elsewhere for the first children to arrive. Those that came since stand
    /// at the end. Costs the slots, the newcomers and the open children, not all children. Returns what was
    /// there before, without its children.
    pub(super) fn adopt(&mut self, layout: Layout, nodes: &Paged<Node>) -> Self {
        let placed = self.placed();
        let open: Vec<NodeId> = self.open_children(nodes).collect();
        let covered = layout.slot_of.len();
        let new = layout.into_listing(self.node, std::mem::take(&mut self.arrivals));
        let before = std::mem::replace(self, new);
        for child in open {
            let node = &nodes[child.index()];
            if (node.link as usize) < covered {
                self.change(node.link, i64::from(node.rows));
            }
        }
        while self.placed() < placed {
            self.place_last(nodes);
        }
        before
    }

    /// Children with open rows below them.
    fn open_children<'a>(&'a self, nodes: &'a Paged<Node>) -> impl Iterator<Item = NodeId> + 'a {
        let slots = self.order.iter().zip(&self.sums);
        slots
            .map(|(&slot, &sum)| (&self.slots[slot as usize], sum))
            .filter(|(slot, sum)| slot.len() < *sum as usize)
            .flat_map(|(slot, _)| slot.iter().copied())
            .filter(|child| nodes[child.index()].rows > 0)
    }

    /// Forgets the order: all children count as unsorted where they stand. One alone is always in order.
    pub(super) fn forget_order(&mut self) {
        if self.placed() < 2 {
            return;
        }
        self.sorted_slots = 0;
        self.unsorted = self.placed();
    }

    /// Changes the rows of the child that arrived as number `arrival`; `false` when it has none.
    pub(super) fn change(&mut self, arrival: u32, delta: i64) -> bool {
        let Some(&slot) = self.slot_of.get(arrival as usize) else {
            return false;
        };
        let place = self.position[slot as usize] as usize;
        self.sums[place] = add(self.sums[place], delta);
        self.total = add(self.total, delta);
        true
    }

    /// The child that has row `row` (counted within this listing) at or below it, and how many rows below its own.
    pub(super) fn locate(&self, row: u32, nodes: &Paged<Node>) -> Option<(Spot, u32)> {
        let mut rest = row;
        let slot = self.sums.iter().position(|&sum| {
            let here = rest < sum;
            if !here {
                rest -= sum;
            }
            here
        })?;
        let children = self.children_of(slot);
        if children.len() == self.sums[slot] as usize {
            let entry = rest as usize;
            return Some((Spot { slot, entry }, 0));
        }
        let entry = children.iter().position(|child| {
            let width = nodes[child.index()].width();
            let here = rest < width;
            if !here {
                rest -= width;
            }
            here
        })?;
        Some((Spot { slot, entry }, rest))
    }

    /// Rows before the child with this number in order of arrival; `None` when it has none itself.
    pub(super) fn rows_before(&self, arrival: u32, nodes: &Paged<Node>) -> Option<u32> {
        let child = *self.arrivals.get(arrival as usize)?;
        let slot = *self.slot_of.get(arrival as usize)?;
        let place = self.position[slot as usize] as usize;
        let slots_before: u32 = self.sums[..place].iter().sum();
        let children = self.children_of(place);
        let entry = children.iter().position(|&other| other == child)?;
        let before = children[..entry].iter();
        let in_slot: u32 = before.map(|child| nodes[child.index()].width()).sum();
        Some(slots_before + in_slot)
    }

    /// The first child in row order.
    pub(super) fn first(&self) -> Option<Spot> {
        self.settle(Spot { slot: 0, entry: 0 })
    }

    /// The sibling in the next row.
    pub(super) fn next(&self, spot: Spot) -> Option<Spot> {
        self.settle(Spot {
            slot: spot.slot,
            entry: spot.entry + 1,
        })
    }

    pub(super) fn child(&self, spot: Spot) -> Option<NodeId> {
        self.children_of(spot.slot).get(spot.entry).copied()
    }

    /// Moves on to the next slot that has a child, where `spot` is past the end of its own.
    fn settle(&self, mut spot: Spot) -> Option<Spot> {
        while spot.slot < self.order.len() {
            if spot.entry < self.children_of(spot.slot).len() {
                return Some(spot);
            }
            spot = Spot {
                slot: spot.slot + 1,
                entry: 0,
            };
        }
        None
    }

    fn children_of(&self, place: usize) -> &[NodeId] {
        match self.order.get(place) {
            Some(&slot) => &self.slots[slot as usize],
            None => &[],
        }
    }

    fn grow(&mut self, place: usize, rows: u32) {
        self.sums[place] += rows;
        self.total += rows;
    }

    fn add_slot(&mut self, place: usize, children: Vec<NodeId>) -> u32 {
        let slot = number(self.slots.len());
        self.slots.push(children);
        self.order.insert(place, slot);
        self.sums.insert(place, 0);
        self.position.push(0);
        for (place, slot) in self.order.iter().enumerate().skip(place) {
            self.position[*slot as usize] = number(place);
        }
        slot
    }

    fn split(&mut self, place: usize, nodes: &Paged<Node>) {
        let slot = self.order[place] as usize;
        let half = self.slots[slot].len() / 2;
        let moved = self.slots[slot].split_off(half);
        let rows: u32 = moved.iter().map(|child| nodes[child.index()].width()).sum();
        let new = self.add_slot(place + 1, Vec::new());
        for child in &moved {
            self.slot_of[nodes[child.index()].link as usize] = new;
        }
        self.slots[new as usize] = moved;
        self.sums[place] -= rows;
        self.sums[place + 1] = rows;
        self.sorted_slots += 1;
    }
}

/// An order of children, laid out in slots. Made without looking at a [`Listing`], so that a worker can do it.
#[derive(Debug)]
pub(super) struct Layout {
    slots: Vec<Vec<NodeId>>,
    slot_of: Vec<u32>,
}

impl Layout {
    /// `order` has the numbers of `children`, which are given in order of arrival.
    pub(super) fn new(order: &[usize], children: &[NodeId]) -> Self {
        let mut slot_of = vec![0; children.len()];
        let slots = order.chunks(SLOT_FILL).enumerate().map(|(slot, order)| {
            for &arrival in order {
                slot_of[arrival] = number(slot);
            }
            order.iter().map(|&arrival| children[arrival]).collect()
        });
        Self {
            slots: slots.collect(),
            slot_of,
        }
    }

    fn into_listing(self, node: NodeId, arrivals: Vec<NodeId>) -> Listing {
        let order: Vec<u32> = (0..number(self.slots.len())).collect();
        let sums: Vec<u32> = self.slots.iter().map(|slot| number(slot.len())).collect();
        Listing {
            node,
            arrivals,
            slot_of: self.slot_of,
            position: order.clone(),
            total: sums.iter().sum(),
            sorted_slots: order.len(),
            unsorted: 0,
            slots: self.slots,
            order,
            sums,
        }
    }
}

fn add(rows: u32, delta: i64) -> u32 {
    u32::try_from(i64::from(rows) + delta).unwrap_or(0)
}
