//! One look at the traffic of a connection: the model is locked for moments only, however much there is to look at.

use parking_lot::{Mutex, MutexGuard};

use crate::client::now;
use crate::model::Model;
use crate::model::traffic::{Asked, Lens, Table};

/// Messages or nodes that are copied for each time the model is locked.
const STEP: usize = 4096;

/// Looks at who sends how much. Takes up to tenths of a second with a million topics: for a worker.
pub fn look_at_traffic(model: &Mutex<Model>, lens: &mut Lens, asked: &Asked) -> Table {
    let now = now();
    lens.look(now);
    loop {
        let locked = model.lock();
        let has_more = lens.copy(&locked, asked.span, now, STEP);
        MutexGuard::unlock_fair(locked);
        lens.count();
        if !has_more {
            return lens.table(asked, now);
        }
    }
}
