package pdf

import (
	"testing"

	"riskguide/render/rendertest"
)

func TestWords(t *testing.T) { rendertest.Words(t, "pdf") }
