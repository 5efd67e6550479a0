package order

import (
	"math"
	"strconv"

	"larder"
)

// Price is a float that holds money.
var Price float64 = 12.5

// Bill has a float for each way to write one.
type Bill struct {
	TotalFen float32
	Fees     []float64
	ByDay    map[string]float64
	balance  *float64
}

// Half converts to and fro.
func Half(amount float64, f larder.Fen) (halfPrice float64) {
	_ = larder.Fen(amount)
	_ = larder.Fen(int64(math.Round(amount)))
	_ = -larder.Fen(-(amount))
	_ = float32(f)
	_ = float64(int64(f)) / 2
	yuan, _ := strconv.ParseFloat("1.50", 64)
	return yuan
}
