// Package joint is the room of 合解: it explains what all lanes of a cabinet lost and gained in one
// session together, with conservation of objects.
//
// It owns [Explain]: steps in, [Story] out, the explanations that remain with their weights. What one lane gains has left another
// lane in this session, and is then the same object with the same mass, or it is foreign; nothing is
// in two places, and nothing comes back that has not left. Package weigh calls it, with the steps of
// a session in order of time, and with the net of before and after. It imports the standard library
// only, has no goroutine, clock or I/O, and gives the same answer to the same steps.
//
// Each step has exactly one meaning in a hypothesis: a seat that shifted, pieces taken, a piece
// returned, a piece of another lane misplaced, an object that nobody knows, a hand that rested and
// left again. The search keeps the best hypotheses after every step (a beam), and its weights are
// densities per gram of all steps, so that hypotheses of the same steps can be compared.
//
// 中文名：合解。
package joint
