package floorplan

import (
	"context"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"
)

// FloatMoney is where a float may meet money, with the reason.
var FloatMoney = []struct{ Room, Why string }{
	{"internal/core/weigh", "expected cost weighs an amount with a probability; what leaves the room is Fen again"},
	{"internal/edge/provider/alipay", "the provider writes yuan; the adapter turns them to Fen digit by digit"},
}

// moneyWords are the words of a name that make it money. Names are cut at capitals and
// underscores, so that coffee holds no fee and a fence no fen.
var moneyWords = []string{
	"price", "prices", "amount", "amounts", "fen", "yuan", "fee", "fees", "balance", "balances", "total", "totals",
}

// CheckMoney finds floats that hold money: conversions between a float and larder.Fen, through an
// integer too, and fields, variables, parameters and results that are called money and are floats.
// A mass in larder.Gram is no money whatever its name. Tests are not looked at.
func CheckMoney(ctx context.Context, src *Source) ([]Finding, error) {
	packages, err := typeCheck(ctx, src)
	if err != nil {
		return nil, err
	}
	var found []Finding
	for _, p := range packages {
		if mayFloat(p.dir) {
			continue
		}
		for _, f := range p.files {
			ast.Inspect(f, func(n ast.Node) bool {
				if text := judgeMoney(p.info, n); text != "" {
					found = append(found, Finding{src.at(n.Pos()), "money", text})
				}
				return true
			})
		}
	}
	return found, nil
}

// mayFloat reports whether the folder is in [FloatMoney].
func mayFloat(dir string) bool {
	for _, row := range FloatMoney {
		if under(dir, row.Room) {
			return true
		}
	}
	return false
}

// judgeMoney says what is wrong with a conversion or a declared name; "" if nothing is.
func judgeMoney(info *types.Info, n ast.Node) string {
	switch n := n.(type) {
	case *ast.CallExpr:
		return judgeConversion(info, n)
	case *ast.Ident:
		v, ok := info.Defs[n].(*types.Var)
		if ok && isMoneyName(n.Name) && holdsFloat(v.Type()) {
			return fmt.Sprintf("%s is called money and is a %s: money is larder.Fen", n.Name, v.Type())
		}
	}
	return ""
}

// judgeConversion says what is wrong if the call converts money to a float or a float to money.
func judgeConversion(info *types.Info, call *ast.CallExpr) string {
	if len(call.Args) != 1 || !info.Types[call.Fun].IsType() {
		return ""
	}
	to, from := info.Types[call.Fun].Type, sourceType(info, call.Args[0])
	switch {
	case from == nil:
		return ""
	case isFen(to) && isFloat(from):
		return fmt.Sprintf("a %s becomes money: no float holds money", from)
	case isFloat(to) && isFen(from):
		return fmt.Sprintf("money becomes a %s: no float holds money", to)
	}
	return ""
}

// sourceType returns the type that a chain of conversions begins with, seen through negation,
// parentheses and the rounding functions of math: Fen(int64(math.Round(x))) begins with x.
func sourceType(info *types.Info, x ast.Expr) types.Type {
	for {
		switch e := x.(type) {
		case *ast.ParenExpr:
			x = e.X
			continue
		case *ast.UnaryExpr:
			if e.Op == token.SUB || e.Op == token.ADD {
				x = e.X
				continue
			}
		case *ast.CallExpr:
			if len(e.Args) == 1 && info.Types[e.Fun].IsType() {
				x = e.Args[0]
				continue
			}
		}
		return info.Types[x].Type
	}
}

// isFen reports whether t is larder.Fen.
func isFen(t types.Type) bool { return isNamed(t, "Fen") }

// isNamed reports whether t is the dictionary's type of that name.
func isNamed(t types.Type, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == Module
}

// isFloat reports whether t is a float, whatever its name.
func isFloat(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsFloat != 0
}

// holdsFloat reports whether t is a float other than a mass, or consists of such.
func holdsFloat(t types.Type) bool {
	if isNamed(t, "Gram") {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return isFloat(u)
	case *types.Pointer:
		return holdsFloat(u.Elem())
	case *types.Slice:
		return holdsFloat(u.Elem())
	case *types.Array:
		return holdsFloat(u.Elem())
	case *types.Map:
		return holdsFloat(u.Elem())
	case *types.Chan:
		return holdsFloat(u.Elem())
	}
	return false
}

// isMoneyName reports whether one of the words of the name is money.
func isMoneyName(name string) bool {
	return slices.ContainsFunc(words(name), func(w string) bool { return slices.Contains(moneyWords, w) })
}

// words cuts an identifier at underscores and before capitals, and lowers it.
func words(name string) []string {
	var b strings.Builder
	lower := false
	for _, r := range name {
		if unicode.IsUpper(r) && lower {
			b.WriteByte('_')
		}
		lower = unicode.IsLower(r) || unicode.IsDigit(r)
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.Split(b.String(), "_")
}
