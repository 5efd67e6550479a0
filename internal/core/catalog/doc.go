// Package catalog is the room of 商品陈列: products, and which of them lies in which lane at what price.
//
// It owns products and planogram versions. Staff publish through it; session, order, stock and visit
// read the slots of a door as of the version that counted when the door was opened.
//
// It guarantees: a published version never changes, so an old session is always judged and priced as
// it was; versions of a cabinet count up from 1 without gaps; lanes and products of a version belong
// to the organization of its cabinet (I18); adding and publishing leave an audit row (I19).
//
// 中文名：商品陈列。
package catalog
