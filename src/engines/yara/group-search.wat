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
    (local.get $out)))
