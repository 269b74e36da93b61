//! Medians and percentiles, and the time and memory that a process used.

use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use super::BenchError;

/// The middle of the values; of two in the middle their mean. 0 for none.
pub(super) fn median(values: &[f64]) -> f64 {
    percentile(values, 50.0)
}

/// The value below which `percent` of the values lie (0 to 100), interpolated between neighbours. 0 for none.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place within the list"
)]
pub(super) fn percentile(values: &[f64], percent: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else {
        return 0.0;
    };
    let place = percent.clamp(0.0, 100.0) / 100.0 * last as f64;
    let below = sorted[place.floor() as usize];
    let above = sorted[place.ceil() as usize];
    below + (above - below) * place.fract()
}

/// Wall clock and CPU time of this process since it was made.
#[derive(Debug)]
pub(super) struct Stopwatch {
    wall: Instant,
    cpu: ProcessTime,
}

impl Stopwatch {
    pub(super) fn start() -> Self {
        Self {
            wall: Instant::now(),
            cpu: ProcessTime::now(),
        }
    }

    pub(super) fn wall(&self) -> Duration {
        self.wall.elapsed()
    }

    /// CPU time of all threads of this process.
    pub(super) fn cpu(&self) -> Duration {
        self.cpu.elapsed()
    }
}

/// What a process has used so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Usage {
    /// CPU time of all its threads.
    pub(super) cpu: Duration,
    /// Resident memory, bytes.
    pub(super) resident: u64,
}

/// What the process with this number has used so far.
///
/// # Errors
/// When there is no such process.
pub(super) fn usage(process: u32) -> Result<Usage, BenchError> {
    let pid = Pid::from_u32(process);
    let gone =
        || BenchError::new("A program that was to be measured has ended. Run the bench again.");
    let mut system = System::new().map_err(|_unsupported| gone())?;
    let what = ProcessRefreshKind::nothing().with_cpu().with_memory();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), false, what);
    let process = system.process(pid).ok_or_else(gone)?;
    Ok(Usage {
        cpu: Duration::from_millis(process.accumulated_cpu_time()),
        resident: process.memory(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_percentiles() {
        assert!(median(&[]).abs() < f64::EPSILON);
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(&[4.0, 1.0]) - 2.5).abs() < f64::EPSILON);
        let hundred: Vec<f64> = (0..=100).map(f64::from).collect();
        assert!((percentile(&hundred, 99.0) - 99.0).abs() < 1e-9);
    }

    #[test]
    fn this_process_uses_memory() {
        assert!(usage(std::process::id()).unwrap().resident > 1 << 20);
        assert!(usage(u32::MAX - 1).is_err());
    }
}
