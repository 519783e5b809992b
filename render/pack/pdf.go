package pack

import (
	"context"

	"riskguide/profile"
	"riskguide/render"
)

func requirementsPDF(ctx context.Context, p *profile.Pack, v *view, w words, opts render.Options) ([]byte, error) {
	return []byte("%PDF"), nil
}
