// Package level owns plateaus.
package level

// Most is how many there are.
const Most = 3
