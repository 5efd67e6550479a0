// Package score compares verdicts with the truth of sessions that were made up.
//
// It owns the measures of docs/weighing.md section 6: what is right, wrong, charged too much, sent to a
// person, how long it took, whether the stated confidence is true, and what it costs; and the two
// baselines that a recognizer has to beat ([Replaced], [Medians]). It calls the recognizer as production
// does, on what had arrived, and never looks into it. The command line and the page of figures call it.
//
// It guarantees that the same sessions give the same figures, whatever the number of workers, except
// for the cost; and that a line it cannot read is counted and told, and the others go on.
//
// 中文名：评分。
package score
