module larder

go 1.26.0
