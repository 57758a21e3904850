import { everyKind, type KindSet, kindBit } from './kinds.ts';

/** Where a module's field has a value, and where a truth of it can be true. Tried on both engines by `module-fields.test.ts`. */
export interface FieldFacts {
  readonly defined: KindSet;
  readonly true: KindSet;
}

const unknown: FieldFacts = { defined: everyKind, true: everyKind };

/** Facts of `module.field`; an upper-case field is a constant, and whatever is not listed may be anything anywhere. */
export function fieldFacts(module: string, field: string): FieldFacts {
  const table = modules[module];
  if (table === undefined) return unknown;
  if (table.undefinedElsewhere.has(field)) return { defined: table.kinds, true: table.kinds };
  if (table.falseElsewhere.has(field)) return { defined: everyKind, true: table.kinds };
  return unknown;
}

interface ModuleFields {
  /** The only kinds that the module reads. */
  readonly kinds: KindSet;
  readonly undefinedElsewhere: ReadonlySet<string>;
  /** Truths that are false, not undefined, on other kinds. */
  readonly falseElsewhere: ReadonlySet<string>;
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/).filter((word) => word !== ''));

const modules: Readonly<Record<string, ModuleFields>> = Object.assign(Object.create(null) as object, {
  pe: {
    kinds: kindBit.pe,
    undefinedElsewhere: words(`
      imphash number_of_sections number_of_signatures number_of_resources timestamp machine characteristics entry_point
      exports_index section_index sections signatures version_info is_dll is_signed is_32bit is_64bit pdb_path dll_name
      linker_version subsystem checksum calculate_checksum overlay number_of_exports number_of_imports
      number_of_version_infos export_timestamp import_rva delayed_import_rva base_of_code image_base entry_point_raw
      dll_characteristics size_of_image resource_timestamp number_of_rva_and_sizes opthdr_magic rva_to_offset
      number_of_symbols pointer_to_symbol_table number_of_delayed_imports number_of_imported_functions`),
    falseElsewhere: words('is_pe exports imports locale language'),
  },
  elf: {
    kinds: kindBit.elf,
    undefinedElsewhere: words(`
      type machine number_of_sections number_of_segments entry_point telfhash sections dynsym_entries symtab_entries
      dynamic_section_entries sh_entry_size ph_offset`),
    falseElsewhere: words(''),
  },
  dotnet: {
    kinds: kindBit.pe,
    undefinedElsewhere: words(`
      version typelib number_of_streams number_of_guids module_name assembly number_of_resources
      number_of_user_strings streams guids user_strings number_of_classes`),
    falseElsewhere: words('is_dotnet'),
  },
  macho: {
    kinds: kindBit.text | kindBit.other,
    undefinedElsewhere: words('magic cputype filetype nfat_arch entry_point fat_magic dylib_hash'),
    falseElsewhere: words('has_dylib'),
  },
  // The header holds zeros.
  lnk: { kinds: kindBit.other, undefinedElsewhere: words('name local_base_path relative_path cmd_line_args'), falseElsewhere: words('is_lnk') },
} satisfies Record<string, ModuleFields>);

/** What the table lists, for its test: module, field and the kinds that the module reads. */
export function listedFields(): { module: string; field: string; kinds: KindSet; whenElsewhere: 'undefined' | 'false' }[] {
  return Object.entries(modules).flatMap(([module, table]) => [
    ...[...table.undefinedElsewhere].map((field) => ({ module, field, kinds: table.kinds, whenElsewhere: 'undefined' as const })),
    ...[...table.falseElsewhere].map((field) => ({ module, field, kinds: table.kinds, whenElsewhere: 'false' as const })),
  ]);
}
