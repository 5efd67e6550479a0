// Package stock is known for its 货道流水 and does not say what belongs to it.
package stock
