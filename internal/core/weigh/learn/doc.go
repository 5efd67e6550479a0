// Package learn is the room of 称重's slow memory: what pieces of this batch weigh in this lane, how
// noisy its scale is, and what lies in it that does not belong there. 中文名：单重学习。
//
// It owns [State], which events of a lane move ([State.Apply]: lessons of sessions, restocks, a
// person's confirmation, a session undone), [Learned], of which the recognizer's lanes are made, and
// [Content], the goods in a lane. run makes a [Lesson] of each verdict and keeps the states with the
// lane; api shows what was learned from which session ([State.Accounts]) and lets a person confirm it.
//
// It guarantees:
//   - bounded: one session moves the unit mass by [MostStep] of it at most, and all of them together by
//     [MostOff] from the catalog's until a person confirms; likewise spread and noise;
//   - explainable: a state is its lessons and nothing else, each with the weight that it was given;
//   - reversible: undoing a session leaves the state as if it had never been there; the order in which
//     lessons arrive does not matter; a state that was stored goes on to the last bit as it was;
//   - never from a session that a person had to judge or that raised an alert, nor from before the
//     restock, nor from a scale in doubt; nothing is learned twice;
//   - a state has a bounded size: [MaxPieces] pieces, [MaxNoises] noises, [MaxStrangers] strangers.
package learn
