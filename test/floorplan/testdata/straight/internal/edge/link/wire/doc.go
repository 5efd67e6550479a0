// Package wire owns frames.
package wire

import "larder"

// TotalMass is no money, whatever it is called; coffee has no fee.
func TotalMass(total larder.Gram, coffee float64) larder.Gram { return total + larder.Gram(coffee) }
