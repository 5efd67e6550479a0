// Package scenario makes up sessions of customers at cabinets that are not real, with the truth
// beside them.
//
// It owns the models F1 and F2 as far as people go: who does what how often ([Shares]; docs/weighing.md
// section 2), what a platform knows of such a cabinet, and the form of a session on a line (section 7
// there). What scales, hands, goods and networks do is [larder/internal/sim/physics], the same that the
// demo and the fleet simulator play. The command line calls [Generate]; the scorer reads its lines.
//
// It guarantees that a session depends on its model, seed and number alone; that the truth is what
// physics says left the cabinet; and that the platform's half of a session holds nothing that a
// platform could not know: unit mass and spread come from ten weighed pieces, noise from its own
// estimate, stock from its ledger. It imports nothing of the recognizer, which is judged by it.
//
// 中文名：场景。
package scenario
