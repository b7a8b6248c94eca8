//! Each step of an edit fails in turn, or its author is killed there: the host is as before or as after. And what
//! others set meanwhile stays.

mod faulty;
mod killed;
mod left;
mod matrix;
mod nameless;
mod shape;
mod theirs;
mod world;

use test_support::Suite;

pub(crate) fn cases(suite: &mut Suite) {
    matrix::cases(suite);
    killed::cases(suite);
    nameless::cases(suite);
    left::cases(suite);
    theirs::cases(suite);
}
