/** Makes the library's `NDropdown` a menu for screen readers: `v-bind="menuRoles"`. */
export const menuRoles = {
  menuProps: () => ({ role: 'menu' }),
  nodeProps: () => ({ role: 'menuitem' }),
};
