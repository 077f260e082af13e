//! One site after the other, each time the one that adds most. Gains only shrink while sites are
//! added, so a candidate whose old gain is not the largest need not be looked at again.

use super::gains::Gains;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// So many candidates; ties go to the lower number. Stops early when nothing adds anything.
pub fn greedy(gains: &Gains, sites: usize) -> Vec<usize> {
    pick(gains, 0..gains.candidates(), sites).0
}

/// The same candidates in the order in which a greedy planner would build them, with what each adds.
pub fn in_order(gains: &Gains, chosen: Vec<usize>) -> (Vec<usize>, Vec<u64>) {
    let (mut order, mut adds) = pick(gains, chosen.iter().copied(), chosen.len());
    let useless = chosen.into_iter().filter(|c| !order.contains(c)).collect::<Vec<_>>();
    adds.extend(useless.iter().map(|_| 0));
    order.extend(useless);
    (order, adds)
}

fn pick(gains: &Gains, among: impl Iterator<Item = usize>, sites: usize) -> (Vec<usize>, Vec<u64>) {
    let mut have = vec![0; gains.demands()];
    let mut queue: BinaryHeap<(u64, Reverse<usize>)> =
        among.map(|candidate| (gains.adds(candidate, &have), Reverse(candidate))).collect();
    let (mut chosen, mut added) = (Vec::new(), Vec::new());
    while chosen.len() < sites {
        let Some((_, Reverse(candidate))) = queue.pop() else { break };
        let adds = gains.adds(candidate, &have);
        if queue.peek().is_some_and(|next| *next > (adds, Reverse(candidate))) {
            queue.push((adds, Reverse(candidate)));
            continue;
        }
        if adds == 0 {
            break;
        }
        for &(demand, gain) in gains.of(candidate) {
            let known = &mut have[demand as usize];
            *known = gain.max(*known);
        }
        chosen.push(candidate);
        added.push(adds);
    }
    (chosen, added)
}
