// What is done with a recipe as a whole.
export class Deeds { constructor(desk, pictures, say) { Object.assign(this, { desk, pictures, say }); } show() {} open() {} }
