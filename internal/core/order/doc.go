// Package order is the room of 订单: the bill of one purchase session.
//
// It owns orders and their lines. visit creates, settles and voids them. It guarantees that a line's
// price is the one of the planogram version at the opening (I13), that the total is the sum of its
// lines, and that an order is settled or voided once.
//
// 中文名：订单。
package order
