;; Looks up groups of four bytes of a content in tables of marks, one bit a slot. Bytes are folded first, and the slot of a
;; key is the upper bits of its hash. See group-search.ts for what the tables hold and how memory is laid out.
(module
  (import "search" "memory" (memory 1))

  ;; Looks up the group at every byte. Writes the places of those that are marked; returns the place behind what was written.
  (func (export "search")
    (param $at i32) (param $end i32) (param $marks i32) (param $shift i32) (param $out i32) (result i32)
    (local $slot i32)
    (block $done
      (loop $each
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $slot
          (i32.shr_u
            (i32.mul (i32.or (i32.load (local.get $at)) (i32.const 0x20202020)) (i32.const 0x9e3779b1))
            (local.get $shift)))
        ;; Written in any case, and kept by moving on: a branch that cannot be foreseen would cost more.
        (i32.store (local.get $out) (local.get $at))
        (local.set $out
          (i32.add
            (local.get $out)
            (i32.shl
              (i32.and
                (i32.shr_u
                  (i32.load8_u (i32.add (local.get $marks) (i32.shr_u (local.get $slot) (i32.const 3))))
                  (i32.and (local.get $slot) (i32.const 7)))
                (i32.const 1))
              (i32.const 2))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $each)))
    (local.get $out))

  ;; Looks closer at the places that `search` wrote: keeps those where the group is marked among the singles, or with the next
  ;; one among the pairs. Writes, where they stood, (place << 2) | (1 for a single) | (2 for a pair); returns the place behind.
  (func (export "refine")
    (param $list i32) (param $end i32)
    (param $singles i32) (param $singleShift i32) (param $pairs i32) (param $pairShift i32) (result i32)
    (local $out i32) (local $at i32) (local $group i32) (local $slot i32) (local $met i32)
    (local.set $out (local.get $list))
    (block $done
      (loop $each
        (br_if $done (i32.ge_u (local.get $list) (local.get $end)))
        (local.set $at (i32.load (local.get $list)))
        (local.set $group (i32.or (i32.load (local.get $at)) (i32.const 0x20202020)))
        (local.set $slot (i32.shr_u (i32.mul (local.get $group) (i32.const 0x9e3779b1)) (local.get $singleShift)))
        (local.set $met
          (i32.and
            (i32.shr_u
              (i32.load8_u (i32.add (local.get $singles) (i32.shr_u (local.get $slot) (i32.const 3))))
              (i32.and (local.get $slot) (i32.const 7)))
            (i32.const 1)))
        (local.set $slot
          (i32.shr_u
            (i32.mul
              (i32.add
                (i32.mul (local.get $group) (i32.const 0x85ebca6b))
                (i32.mul (i32.or (i32.load offset=4 (local.get $at)) (i32.const 0x20202020)) (i32.const 0xc2b2ae35)))
              (i32.const 0x9e3779b1))
            (local.get $pairShift)))
        (local.set $met
          (i32.or
            (local.get $met)
            (i32.shl
              (i32.and
                (i32.shr_u
                  (i32.load8_u (i32.add (local.get $pairs) (i32.shr_u (local.get $slot) (i32.const 3))))
                  (i32.and (local.get $slot) (i32.const 7)))
                (i32.const 1))
              (i32.const 1))))
        (i32.store (local.get $out) (i32.or (i32.shl (local.get $at) (i32.const 2)) (local.get $met)))
        (local.set $out (i32.add (local.get $out) (i32.shl (i32.ne (local.get $met) (i32.const 0)) (i32.const 2))))
        (local.set $list (i32.add (local.get $list) (i32.const 4)))
        (br $each)))
    (local.get $out))

  ;; Where the tables of `verify` lie, as `setUp` was told.
  (global $singleSlots (mut i32) (i32.const 0))
  (global $singleEntries (mut i32) (i32.const 0))
  (global $singleShift (mut i32) (i32.const 0))
  (global $pairSlots (mut i32) (i32.const 0))
  (global $pairEntries (mut i32) (i32.const 0))
  (global $pairShift (mut i32) (i32.const 0))
  (global $text (mut i32) (i32.const 0))
  (global $starts (mut i32) (i32.const 0))
  (global $seen (mut i32) (i32.const 0))
  (global $isPlaced (mut i32) (i32.const 0))
  ;; What `verify` finds: literals seen for the first time, and places of those whose places are asked for.
  (global $found (mut i32) (i32.const 0))
  (global $places (mut i32) (i32.const 0))
  (global $placesEnd (mut i32) (i32.const 0))

  (func (export "setUp")
    (param $aSlots i32) (param $aEntries i32) (param $aShift i32) (param $bSlots i32) (param $bEntries i32) (param $bShift i32)
    (param $textAt i32) (param $startsAt i32) (param $seenAt i32) (param $isPlacedAt i32)
    (global.set $singleSlots (local.get $aSlots))
    (global.set $singleEntries (local.get $aEntries))
    (global.set $singleShift (local.get $aShift))
    (global.set $pairSlots (local.get $bSlots))
    (global.set $pairEntries (local.get $bEntries))
    (global.set $pairShift (local.get $bShift))
    (global.set $text (local.get $textAt))
    (global.set $starts (local.get $startsAt))
    (global.set $seen (local.get $seenAt))
    (global.set $isPlaced (local.get $isPlacedAt)))

  ;; Whether a literal stands at a place: text folded before, content folded here.
  (func $stands (param $at i32) (param $text i32) (param $end i32) (result i32)
    (block $differs
      (block $done
        (loop $words
          (br_if $done (i32.gt_u (i32.add (local.get $text) (i32.const 4)) (local.get $end)))
          (br_if $differs
            (i32.ne (i32.or (i32.load (local.get $at)) (i32.const 0x20202020)) (i32.load (local.get $text))))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (local.set $text (i32.add (local.get $text) (i32.const 4)))
          (br $words)))
      (loop $bytes
        (if (i32.ge_u (local.get $text) (local.get $end)) (then (return (i32.const 1))))
        (br_if $differs (i32.ne (i32.or (i32.load8_u (local.get $at)) (i32.const 0x20)) (i32.load8_u (local.get $text))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $text (i32.add (local.get $text) (i32.const 1)))
        (br $bytes)))
    (i32.const 0))

  ;; Compares the literals that have a key with what stands at a place. A table's slots say which of its entries have keys of one
  ;; slot; an entry is its key, the literal's number, and where in the literal the key stands.
  (func $compare
    (param $slots i32) (param $entries i32) (param $shift i32) (param $key i32) (param $at i32)
    (param $low i32) (param $high i32) (param $search i32)
    (local $entry i32) (local $end i32) (local $literal i32) (local $isSeen i32) (local $start i32) (local $textAt i32) (local $textEnd i32)
    (local.set $entry
      (i32.add (local.get $slots) (i32.shl (i32.shr_u (i32.mul (local.get $key) (i32.const 0x9e3779b1)) (local.get $shift)) (i32.const 2))))
    (local.set $end (i32.add (local.get $entries) (i32.load offset=4 (local.get $entry))))
    (local.set $entry (i32.add (local.get $entries) (i32.load (local.get $entry))))
    (block $done
      (loop $each
        (br_if $done (i32.ge_u (local.get $entry) (local.get $end)))
        (block $next
          (br_if $next (i32.ne (i32.load (local.get $entry)) (local.get $key)))
          (local.set $literal (i32.load offset=4 (local.get $entry)))
          (local.set $isSeen
            (i32.eq (i32.load (i32.add (global.get $seen) (i32.shl (local.get $literal) (i32.const 2)))) (local.get $search)))
          (br_if $next
            (i32.and
              (local.get $isSeen)
              (i32.eqz (i32.load8_u (i32.add (global.get $isPlaced) (local.get $literal))))))
          (local.set $start (i32.sub (local.get $at) (i32.load offset=8 (local.get $entry))))
          (br_if $next (i32.lt_s (local.get $start) (local.get $low)))
          (local.set $textAt (i32.load (i32.add (global.get $starts) (i32.shl (local.get $literal) (i32.const 2)))))
          (local.set $textEnd (i32.load offset=4 (i32.add (global.get $starts) (i32.shl (local.get $literal) (i32.const 2)))))
          (br_if $next
            (i32.gt_s (i32.add (local.get $start) (i32.sub (local.get $textEnd) (local.get $textAt))) (local.get $high)))
          (br_if $next
            (i32.eqz
              (call $stands
                (local.get $start)
                (i32.add (global.get $text) (local.get $textAt))
                (i32.add (global.get $text) (local.get $textEnd)))))
          (if (i32.eqz (local.get $isSeen))
            (then
              (i32.store (i32.add (global.get $seen) (i32.shl (local.get $literal) (i32.const 2))) (local.get $search))
              (i32.store (global.get $found) (local.get $literal))
              (global.set $found (i32.add (global.get $found) (i32.const 4)))))
          (if
            (i32.and
              (i32.load8_u (i32.add (global.get $isPlaced) (local.get $literal)))
              (i32.lt_u (global.get $places) (global.get $placesEnd)))
            (then
              (i32.store (global.get $places) (local.get $literal))
              (i32.store offset=4 (global.get $places) (local.get $start))
              (global.set $places (i32.add (global.get $places) (i32.const 8))))))
        (local.set $entry (i32.add (local.get $entry) (i32.const 12)))
        (br $each))))

  ;; Compares the literals at the places that `refine` left. Content is known from `low` to before `high`. Writes numbers of literals
  ;; that this search has not seen before to `found` on, and pairs of a number and a place to `places` on, as far as there is room;
  ;; returns the place behind the first; `placesAt` tells that behind the others.
  (func (export "verify")
    (param $list i32) (param $listEnd i32) (param $low i32) (param $high i32) (param $search i32)
    (param $foundAt i32) (param $placesFrom i32) (param $placesTo i32) (result i32)
    (local $at i32) (local $group i32)
    (global.set $found (local.get $foundAt))
    (global.set $places (local.get $placesFrom))
    (global.set $placesEnd (local.get $placesTo))
    (block $done
      (loop $each
        (br_if $done (i32.ge_u (local.get $list) (local.get $listEnd)))
        (local.set $at (i32.shr_u (i32.load (local.get $list)) (i32.const 2)))
        (local.set $group (i32.or (i32.load (local.get $at)) (i32.const 0x20202020)))
        (if (i32.and (i32.load (local.get $list)) (i32.const 1))
          (then
            (call $compare
              (global.get $singleSlots) (global.get $singleEntries) (global.get $singleShift)
              (local.get $group) (local.get $at) (local.get $low) (local.get $high) (local.get $search))))
        (if (i32.and (i32.load (local.get $list)) (i32.const 2))
          (then
            (call $compare
              (global.get $pairSlots) (global.get $pairEntries) (global.get $pairShift)
              (i32.add
                (i32.mul (local.get $group) (i32.const 0x85ebca6b))
                (i32.mul (i32.or (i32.load offset=4 (local.get $at)) (i32.const 0x20202020)) (i32.const 0xc2b2ae35)))
              (local.get $at) (local.get $low) (local.get $high) (local.get $search))))
        (local.set $list (i32.add (local.get $list) (i32.const 4)))
        (br $each)))
    (global.get $found))

  (func (export "placesAt") (result i32)
    (global.get $places)))
