package pack_test

import (
	"testing"

	"riskguide/render/rendertest"
)

func TestWords(t *testing.T) { rendertest.Words(t, "pack") }
