// Package bench measures the platform as it is shipped: in a process of its own, with everything that
// its customers would wait for.
//
// It owns the load ([Config]: so many purchases a second at so many doors), the window in which it is
// measured, and what is read at its ends from the platform's own metrics ([Result]). command calls
// it. Fleet, shoppers and the payment provider are package rig's and live in this process.
//
// It guarantees that nothing is skipped: requests are signed and verified, the database syncs to
// disk, doors stand open in real time, each receipt is held against what really left the cabinet and
// each payment against the provider's book, and the books are audited at the end; what came out
// wrong or did not come to an end is an error with its number. It uses loopback only, ends by itself,
// and leaves nothing behind.
//
// 中文名：压测。
package bench
