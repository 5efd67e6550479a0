package link

import "larder/internal/app"

var _ = app.Name
