// Package weigh is the room of 称重: it owns what a basket weighs.
package weigh
