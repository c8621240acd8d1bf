"""Given names that are frequent somewhere, by which two capitalised words are told from a program's label."""

GIVEN_NAMES = frozenset(
    """
    Aaaqil Aachal Aadam Aage Aahana Aahil Aalim Aaliyah Aamirah Aarav Aariz Aarna Aaron Aashi Aashir Aatif
    Aayan Abbas Abby Abdi Abdul Abdullah Abdullahi Abel Abelardo Abha Abigael Abigail Abner Abraham Abram
    Abril Achille Achim Ada Adalberto Adam Adda Addie Adel Adela Adelaida Adelbert Adele Adelia Adelina
    Adeline Adem Adil Adina Aditya Adnan Adolf Adolfo Adonis Adrian Adriana Adriane Adrianna Adrianne
    Adriano Adrien Adrienne Adrián Advaith Advika Agastya Agata Agatha Agathe Agnes Agnese Agneta Agnieszka
    Agnès Agustin Agáta Ahmad Ahmed Ahmet Aida Aidan Aideen Aiden Aileen Aili Ailis Aimee Aimée Aina Aine
    Aino Aisha Aisling Akemi Akif Akira Alain Alan Alana Alba Albert Alberta Alberte Albertina Albertine
    Alberto Albin Albina Albína Alda Aldo Alejandra Alejandro Aleks Aleksandar Aleksander Aleksandr
    Aleksandra Alen Alena Alessandra Alessandro Alessia Alessio Aleta Alex Alexa Alexander Alexandr
    Alexandra Alexandre Alexandria Alexandru Alexej Alexia Alexis Alf Alfons Alfonso Alfred Alfreda Alfredo
    Algot Ali Alice Alicia Alida Alina Aline Alisa Alisha Alison Alissa Alisson Alistair Alix Aliya Alize
    Alka Alla Allan Allen Allie Allison Allyson Alma Almira Almus Alois Alondra Alonso Alonzo Aloys Alphons
    Alphonse Alphonsus Alta Althea Alton Alva Alvar Alvaro Alvin Alwin Alwina Alwine Alyce Alyson Alyssa
    Alzina Ama Amado Amalia Amalie Amanda Amandine Amani Amaya Ambrose Amelia Amelie Ami Amie Amin Amina
    Amir Amira Amol Amos Amparo Amy Amélia Amélie Ana Anabel Anabela Anabella Anamika Ananya Anas Anastasia
    Anaïs Anders Anderson Andra Andre Andrea Andreas Andrei Andreia Andrej Andres Andrew Andrey Andri
    Andrzej André Andréa Andrée Andrés Andy Ane Anes Aneta Anett Anette Angela Angelia Angelica Angelika
    Angelina Angeline Angelique Angelita Angelo Angie Angus Angèle Angélique Ani Anica Anika Anisa Anissa
    Anita Anja Anjali Anka Anke Ann Anna Annabel Annabell Annabella Annabelle Annalisa Annalise Annamaria
    Annamarie Anne Anneke Anneli Annelie Annelies Anneliese Annemarie Annemie Annetta Annette Anni Annick
    Annie Annika Annikki Annita Annmarie Anny Anouk Ante Antero Anthony Anto Antoine Antoinette Anton
    Antonella Antonia Antonie Antonietta Antonija Antonina Antonino Antonio Antonius Antony António Anu
    Anusha Aoife Apolonia Araceli Aracely Aradhana Aran Archie Arham Ari Aria Ariadna Arian Ariana Ariane
    Arianna Arie Arif Aris Aristide Arjun Arlene Arlette Arley Arline Armand Armando Armida Armin Arnaldo
    Arnaud Arne Arno Arnold Arnoldo Arnulfo Aron Arsenio Arta Artan Arthur Artis Artur Arturo Arunima Arvid
    Arvo Arzu Ashlee Ashley Ashling Asiman Asma Assunta Asta Astrid Atena Atharv Atheel Attila Aubrey Aude
    Audra Audrey August Augusta Auguste Augustin Augustina Augustine Augusto Aura Aurel Aurelia Aurelio
    Aurore Aurélie Autumn Ava Avis Avni Awadil Awan Awmar Axel Axelle Aya Ayamin Aydan Ayden Ayla Ayleen
    Aylin Aynur Ayoub Ayse Aysel Ayten Ayub Ayushman Azad Azban Aziz Azra Baaizeed Baaree Baasit Baba
    Babette Badawi Bahaa Bakhshi Baldur Baldwin Baljiwan Baltasar Bambad Bambi Banjeet Baptiste Barbara
    Barbora Barbra Barr Barry Bart Bartholomew Bartley Baseer Bashaar Basharat Basim Bastian Bastien Batal
    Bayram Beata Beatrice Beatrix Beatriz Beau Bebe Becky Beda Belen Belinda Bella Ben Benedict Benedikt
    Benicio Benita Benito Benjamin Benjamín Bennie Benny Benoit Benoît Bent Benta Bente Benthe Berat Berend
    Berenice Berezat Berit Bernadette Bernadine Bernard Bernarda Bernardo Berndt Bernhard Bernice Bernt Bert
    Berta Bertha Berthe Bertie Bertil Bertram Bertrand Beryl Bessie Beth Bethany Betina Betsy Bette Bettie
    Bettina Betty Bettye Beulah Beverley Beverly Beáta Bhavani Bhavna Biagio Bianca Bianka Bilal Biljana
    Billie Billy Bina Birger Birgit Birgitta Birte Birthe Bizhan Bjarne Bjorn Björn Blahoslav Blaine Blake
    Blanca Blanche Blanka Blas Boaz Bob Bobbi Bobbie Bobby Bodil Bogdan Bohumil Bohumila Bohumír Bohuslav
    Bojan Boleslav Bonita Bonnie Boris Boyd Brad Bradford Bradley Brady Brahim Brandi Brandie Brandon Brandy
    Branislav Branka Branko Braulio Brayan Breda Brenda Brendan Brent Bret Brett Brian Briana Brianna Brice
    Bridget Bridgett Bridgette Brien Brigid Brigita Brigitta Brigitte Brinda Brit Brita Britney Britt Britta
    Brittany Brittney Bronagh Bronwyn Brooke Bruce Bruna Bruno Bryan Bryant Bryce Budi Burton Byron Bárbara
    Béatrice Bénédicte Caitlin Caitriona Caleb Calista Callie Calogero Calvin Cameron Camila Camilla Camille
    Camilo Canan Candace Candice Caoimhe Cara Caren Carey Carin Carina Carine Carissa Carl Carla Carlene
    Carlo Carlos Carlota Carlotta Carlton Carly Carmel Carmela Carmelita Carmella Carmelo Carmen Carmina
    Carmine Carol Carola Carole Carolin Caroline Carolyn Carrie Carroll Carsten Cary Cas Casandra Casey
    Casper Cassandra Cassie Catalina Catarina Caterina Cathal Catharina Catherine Cathleen Cathrine Cathryn
    Cathy Cato Catrin Catrina Catriona Cecelia Cecil Cecile Cecilia Cecilie Cecília Cedric Celeste Celestino
    Celia Celina Celine Cesar Ceyhun Chad Chaitanya Chaman Chanakya Chandra Chandran Changaz Chantal Charita
    Charity Charlene Charles Charlie Charline Charlotta Charlotte Charly Charmaine Charo Chasity Chatresh
    Chawish Che Chelsea Cheri Cherie Cheryl Chester Chiara Chidi Chiyo Chloe Chloé Chris Christa Christel
    Christelle Christi Christiana Christiane Christianne Christie Christin Christina Christine Christof
    Christofer Christoffer Christoph Christophe Christopher Christy Chrystal Chuck Ciara Ciaran Cielo
    Cillian Cindy Cinthia Cipriano Ciro Citlali Clair Claire Clara Clare Clarence Clarice Clarisa Clarissa
    Clarisse Clark Claude Claudette Claudia Claudie Claudine Claudio Claudius Claus Clay Clayton Clemens
    Clement Clemente Clementina Cleo Cleveland Clifford Clifton Clint Clinton Cliodhna Cliona Clive Clodagh
    Cloe Clotilde Clyde Clémence Clémentine Cody Coleen Coleman Colette Colin Colleen Collette Collin Colm
    Colum Comfort Conal Conall Conan Concepcion Concetta Concha Conn Connie Connor Conny Conor Conrad
    Constance Constant Constantin Consuela Consuelo Cora Coral Coralie Corey Corina Corine Corinna Corinne
    Cormac Cornel Cornelia Cornelius Corona Corrine Cory Courtney Craig Cristal Cristian Cristiano Cristina
    Cristobal Cristofer Cristopher Cruz Csaba Ctibor Curt Curtis Cynthia Cyril Cécile Cédric Célestin Célia
    Céline César Daanish Dabbah Dafina Dafne Dag Dagmar Dagmara Dagny Daire Daiyaan Daksh Dalaja Dalia
    Dalibor Dalvin Damaris Damian Damiano Damien Damir Damjan Damon Damurah Damyanti Dan Dana Danae Dani
    Dania Danica Daniel Daniela Daniele Daniella Danielle Danijel Danijela Danilo Danièle Danna Danny Dante
    Dany Daphne Dara Darcy Daren Daria Dariana Darin Darina Dario Darius Dariusz Darko Darla Darlene Darnell
    Darragh Darrel Darrell Darren Darrin Darryl Darsh Darwin Daryl Dastageer Daudi Dave David Davin Davor
    Davy Dayana Dean Deana Deann Deanna Deanne Dearbhail Dearbhla Debbie Debby Debora Deborah Deborrah Debra
    Declan Dee Deena Deepa Deepak Deidre Deirdre Dejan Delbert Delfina Delia Della Delores Deloris Delphine
    Demetra Demetrius Demi Demian Dena Denis Denisa Denise Denisse Deniz Dennis Denny Dereck Derek Derick
    Dermot Derrick Dervla Desiree Desirée Desmond Devin Devon Dewayne Dewey Dewi Dexter Deyanira Dhriti Dian
    Diana Diane Diann Dianna Dianne Diarmuid Didier Diego Dieter Dilan Dilara Dimas Dimitri Dimitrios Dina
    Dino Diogo Dion Dionne Dirk Divya Dixie Dmitri Dobroslav Dollie Dolly Dolores Domenic Domenica Domenico
    Domhnall Dominga Domingo Dominic Dominick Dominik Dominika Dominique Dona Donal Donald Donat Donatella
    Donato Donna Donnie Donovan Dora Dorcas Doreen Dorian Dorina Dorine Doris Dorota Dorothea Dorothy
    Dorothée Dorthy Doug Douglas Doyle Draga Dragan Dragica Drago Drahomíra Drahoslav Drahoslava Duane Dulce
    Duncan Durab Dustin Dwayne Dwight Dylan Dávid Débora Déborah Dóra Eamon Eamonn Earl Earlene Earline
    Earnest Earnestine Ebba Ebbe Ebenezer Ebony Eda Edda Eddie Eddy Edel Eden Eder Edgar Edgard Edgardo Edin
    Edina Edison Edit Edita Edith Edmond Edmund Edna Edouard Edson Eduard Eduardo Edvard Edvin Edward Edwin
    Edwina Eesha Effie Efrain Egbert Eggert Egon Ehsaas Eileen Eilis Eilish Eimear Eimer Einar Eino Ejaz
    Ekalinga Ekanta Ekaraj Ekiya Ela Elaine Elba Elbert Elda Eldar Eldon Eleanor Eleanora Elena Elenore
    Eleonora Eleonore Elfie Elgin Eli Elia Elian Eliana Eliane Elias Elie Elif Elijah Elin Elina Eline
    Elinor Elio Eliot Elis Elisa Elisabet Elisabeth Elise Eliseo Eliza Elizabeth Elke Ella Ellen Elli Ellie
    Ellinor Elliot Elliott Ellis Elly Elma Elmar Elmer Elmira Elmo Elna Elnora Elnur Elodia Elodie Eloisa
    Eloise Elon Eloy Eloïse Elsa Elsie Elsy Elton Elva Elvia Elvin Elvina Elvira Elvis Elvíra Elza Eléonore
    Elías Ema Emanuel Emanuela Emelie Emelina Emeline Emely Emer Emerald Emerson Emil Emile Emilia Emilian
    Emiliano Emilie Emilija Emilio Emilly Emily Emin Emir Emma Emmanuel Emmanuelle Emmet Emmett Emmi Emmy
    Emran Emília Encarnacion Enda Enea Enes Engla Enid Enna Ennio Enrico Enrique Enriqueta Enya Enzo Eoghan
    Eoin Epifanio Erasmo Erdogan Eric Erica Erich Erick Ericka Erik Erika Erin Erkan Erla Erland Erling Erma
    Erna Ernest Ernestina Ernestine Ernesto Ernie Ernst Ervin Erwin Esmeralda Esperanza Esra Essie Esteban
    Estefany Estela Estella Estelle Ester Estera Esther Estrella Ethan Ethel Etienne Etizaaz Etna Etta Eugen
    Eugene Eugenia Eugenie Eugenio Eugène Eugénie Eula Eulalia Eunice Eusebia Eusebio Eva Evald Evan Evance
    Evangelina Evangeline Eve Evelin Evelina Eveline Evelyn Evelyne Ever Everett Evert Evi Evie Evita Evy
    Ewa Ewald Ezequiel Ezio Fabia Fabian Fabiana Fabien Fabienne Fabio Fabiola Fabrice Fabrizio Falak Fannie
    Fanny Faqid Farah Farhan Farid Fariz Fatih Fatiha Fatima Fatma Faustino Fausto Fay Faye Fazli Feargal
    Fearghal Febe Federica Federico Fedor Felecia Felice Felicia Felicitas Felicity Felipa Felipe Felix
    Ferdinand Ferenc Fergal Fergus Fern Fernand Fernanda Fernande Fernando Fidel Filip Filipa Filipe Filippa
    Filippo Filomena Finbar Finn Fintan Fiona Fionnuala Fitan Flavia Flavio Flemming Flor Flora Flore
    Florence Florencio Florent Florentin Florentina Florentino Florian Floriane Florin Florina Florine
    Flossie Floyd Forrest Fortunata Frado Fran Franc Franca France Frances Francesca Francesco Francine
    Francis Francisca Francisco Franck Franco Franjo Frankie Franklin Franky Frans Franz Franziska François
    Françoise Fred Freda Freddie Freddy Frederic Frederick Frederik Fredo Fredric Fredrick Fredrik Fredy
    Freida Freja Freya Frida Frieda Friedrich Fritz Frode Frédéric Frédérique Fábio Félix Gabi Gabriel
    Gabriela Gabriele Gabriella Gabrielle Gael Gaetano Gail Gale Galina Gareth Garima Garland Garret Garrett
    Garry Gary Gaspar Gaston Gaurav Gautam Gavin Gay Gayle Gaël Gaëlle Geert Geetika Geir Gemma Gena Genaro
    Geneva Genevieve Geneviève Gennaro Genoveva Geoffrey Georg George Georges Georgette Georgiana Georgina
    Georgine Gerald Geraldine Geraldo Gerard Gerardo Gerd Gerda Gerhard Gerhardt Geri Germaine German Gerold
    Geronimo Gerrit Gerry Gert Gertrud Gertrude Ghaazi Ghaith Ghanem Ghauth Ghazalan Ghazawan Ghislain
    Ghislaine Ghiyaath Ghulaam Ghusharib Giacomo Giada Gian Giancarlo Gianfranco Gianluca Gianna Gianni Gil
    Gilbert Gilberte Gilberto Gilda Gilles Gillian Gilman Gina Ginette Gino Giorgia Giorgio Giovanna
    Giovanni Giovanny Girish Gisela Giselle Gisselle Gisèle Gitte Giulia Giuliana Giuliano Giulio Giuseppa
    Giuseppe Giuseppina Gladis Gladys Glen Glenda Glenn Glenna Gloria Gohar Goldie Gonzalo Gonçalo Goran
    Gordana Gordon Gottlieb Gracia Gracie Graciela Grady Graham Grainne Grazia Graziella Greg Gregg Gregor
    Gregorio Gregory Greta Gretchen Grete Grethe Gretta Griselda Grover Grzegorz Grégoire Grégory Gréta
    Guadalupe Gudrun Guido Guillaume Guillermo Gulfam Gunda Guneet Guney Gunhild Gunnar Gunner Gunter
    Gunther Gust Gustaf Gustav Gustave Gustavo Gwen Gwenda Gwendoline Gwendolyn Gérald Géraldine Gérard
    Gülay Habiba Hadija Hailey Hakim Haley Halima Halley Hallie Hamid Hamza Hana Hanna Hannah Hanne Hannele
    Hannelore Hannes Hans Harald Hardy Harini Harlan Harley Harm Harold Harri Harriet Harriett Harrison
    Harry Harsh Harun Haruto Harvey Hasan Hassan Hattie Hazel Heath Hector Hedda Hedvika Hedwig Hedy Heidi
    Heidy Helen Helena Helene Helga Helge Hella Helma Helmer Hemal Hemani Hendrik Henning Henri Henrieta
    Henrietta Henriette Henrik Henrique Henry Herbert Heriberto Herma Herman Hermann Hermina Hermine
    Herminia Hermína Herta Hertha Hervé Hester Hideki Hilario Hilary Hilbert Hilda Hilde Hildegard Hildur
    Hillary Hillevi Hilma Hilmar Hiroshi Hjalmar Holger Hollie Homer Honora Horace Horacio Hortense
    Hortensia Howard Hredhaan Hubert Hugh Hugo Hugues Huguette Hulda Humberto Hussein Huy Huzaifa Hélène Ian
    Ibraheem Ibrahim Ica Ida Iesa Ieva Ignace Ignacio Ignatz Ignác Igor Ihab Ihsan Ihtiram Ijaya Ijli Ika
    Ikramah Ila Ilaria Ileana Ilene Ilias Ilija Ilona Ilse Ilyas Imane Imaran Imelda Imke Imogene Imre Ina
    Inaya Indiana Indira Indra Ines Ineta Inez Inga Inge Ingeborg Inger Ingmar Ingrid Ingrida Ingvar Inna
    Inès Inês Iolanda Ira Irena Irene Irfan Irina Irja Irma Irvin Irving Irya Irène Isa Isaac Isabel Isabela
    Isabell Isabella Isabelle Isadora Ishaan Ishita Isidor Isidro Isis Ismael Ismail Isobel Issack István
    Itzel Iva Ivan Ivana Ivanka Ivar Iver Iveta Ivette Ivica Ivo Ivona Ivonne Ivor Iván Izaaz Izabela Izidor
    Jaan Jabbaar Jacek Jacinta Jackeline Jackie Jacklyn Jackson Jacky Jaclyn Jacob Jacqueline Jacquelyn
    Jacques Jadranka Jael Jafar Jafet Jagrati Jahanzeb Jahiz Jaime Jair Jairo Jaka Jake Jakob Jakub Jalal
    Jalsa Jamaal Jamal James Jami Jamie Jamil Jamila Jan Jana Jane Janell Janelle Janet Janeth Janette Jani
    Janice Janie Janina Janine Janis Janko Jann Janna Janne Jannie Jannis Jano Januja Janus Jaqueline Jara
    Jared Jari Jarl Jarlath Jarmila Jarno Jaromír Jaron Jaroslav Jaroslava Jarrod Jasmin Jasmina Jasna Jason
    Jasper Jatin Javier Jay Jayda Jayden Jayne Jayson Jazmin Jean Jeana Jeanette Jeanie Jeanine Jeanne
    Jeannette Jeannie Jeannine Jeff Jefferson Jeffery Jeffrey Jelani Jelena Jenifer Jeniffer Jenna Jenni
    Jennie Jennifer Jenniffer Jenny Jens Jerald Jere Jeremiah Jeremias Jeremie Jeremy Jeremías Jeri Jerica
    Jermaine Jerome Jerri Jerry Jerzy Jesper Jess Jesse Jessica Jessie Jessika Jessy Jesus Jewel Jewell
    Jhalak Jihoon Jill Jillian Jim Jimena Jimmie Jimmy Joachim Joakim Joan Joana Joann Joanna Joanne Joao
    Joaquim Joaquin Job Jocelyn Jocelyne Jochen Jodi Jodie Jody Joe Joel Joelle Joey Johan Johana Johann
    Johanna Johanne Johannes Johans John Johnathan Johnnie Johnny Johny Jolana Jolanda Jolanta Jolene Jolie
    Joline Jon Jonah Jonas Jonatan Jonathan Jonathon Joni Jonna Jordi Jordy Jorge Joris Jos Jose Josef
    Josefa Josefina Josefine Joselyn Joseph Josephine Josephus Josette Josh Joshua Josiah Josiane Josie
    Josip Josue Josué José Josée Joséphine Jovan Jovita Joyce Jozef João Joël Joëlle Juan Juana Juanita Jude
    Judita Judith Judy Juhani Jule Jules Juli Julia Julian Juliana Julianna Julianne Julie Julien Julienne
    Juliet Julieta Juliette Julijana Julio Julius Jun Junior Juraj Jure Juri Justin Justina Justine Justus
    Ján Jérôme Jörgen Jørgen Júlia Jürgen Kaarina Kaashif Kachela Kai Kaitlin Kaj Kaja Kajji Kala Kaleb
    Kaleema Kalevi Kali Kalina Kalle Kalpit Kamal Kamil Kamila Kamran Kamron Kara Karan Kareem Karel Karen
    Kari Karim Karima Karin Karina Karine Karl Karla Karli Karlo Karma Karol Karolina Karoline Karolína
    Karsten Karyn Kasey Kashif Kashish Kasim Kaspar Kasper Kassandra Kata Katalin Katarina Katarzyna
    Katarína Kate Katelyn Katerina Katharina Katharine Katherin Katherina Katherine Katheryn Kathi Kathie
    Kathleen Kathrine Kathryn Kathy Kati Katia Katie Katina Katja Katrin Katrina Katty Katy Kavita Kawthar
    Kay Kaye Kayla Kaylee Kayleigh Kazim Kazuya Keisha Keith Kelley Kelli Kellie Kelly Kelsey Kelvin Kemal
    Ken Kenan Kendall Kendra Kenji Kenneth Kenny Kent Kenzie Keri Kermit Kerri Kerry Kerstin Kevin Keya
    Keyaan Khadija Khaled Khalid Khalil Kian Kiara Kieran Kilian Killian Kim Kimberley Kimberly Kira Kirk
    Kirsten Kirstin Kitty Kjell Klaas Klara Klaudia Klaus Klemens Klement Klára Knut Kobe Koen Konrad Kornel
    Kornelia Kris Krisha Krishna Krista Kristel Kristen Krister Kristi Kristian Kristie Kristiina Kristijan
    Kristin Kristina Kristine Kristjan Kristofer Kristoffer Kristopher Kristy Kristína Krystal Krystyna
    Krzysztof Kurt Kwame Kyan Kyara Kyle Kyosuke Kyra Kåre Labeeb Lacey Lacy Ladislav Ladislava Ladli
    Ladonna Lady Laetitia Lahiah Laila Lajlaj Lakeisha Lakisha Lakshit Lakshmi Lala Lamar Lambert Lamont
    Lana Lance Lara Larisa Larissa Larry Lars Lasse Latasha Latif Latisha Latonya Latoya Laura Laure Laureen
    Laurel Lauren Laurence Laurent Lauretta Laurette Lauri Laurie Laurine Laverne Lavinia Lavonne Lawanda
    Lawrence Layla Layth Lea Leah Leana Leander Leandra Leandro Leann Leanna Leanne Lee Leela Leena Leia
    Leif Leigh Leila Lela Leland Lelia Lena Lene Lenka Lennart Lenny Lenora Lenore Leo Leola Leon Leona
    Leonard Leonardo Leone Leonel Leonhard Leonie Leonor Leonora Leonore Leontina Leopold Leopoldo Leroy
    Lesa Lesia Lesley Leslie Lesly Lessie Lester Leta Letha Leticia Letitia Letizia Levi Levin Lewis Lex
    Leyla Leyli Lia Liam Lian Liana Liane Libor Lida Lidia Lidija Liesbeth Ligia Ligita Liisa Lila Lili
    Lilia Lilian Liliana Liliane Lilija Lilja Lilla Lillian Lillie Lilly Lina Linda Lindsay Lindsey Line
    Linh Linn Linnea Lino Linus Lionel Lipika Lisa Lisandro Lisbeth Lise Liselotte Lisette Lissette Liv
    Livia Livio Liyaaqat Liz Liza Lizeth Lizzie Ljiljana Ljubica Ljudmila Lloyd Logan Lois Lola Lolita Lona
    Lone Loni Lonnie Lora Loraine Lorcan Lore Loredana Lorelei Loren Lorena Lorene Lorenz Lorenza Lorenzo
    Loretta Loretto Lori Lorie Lorin Loris Lorna Lorraine Lorrie Lotta Lotte Lottie Lou Louella Louie Louis
    Louisa Louise Lourdes Love Lovisa Lovro Lowell Loïc Loïs Luan Luana Luann Luay Luc Luca Lucas Lucero
    Lucette Lucia Lucian Luciana Luciano Lucie Lucien Lucienne Lucija Lucile Lucille Lucinda Lucio Lucky
    Lucy Ludivine Ludmila Ludovic Ludovica Ludvig Ludwig Luella Luigi Luis Luisa Luiza Luka Lukas Luke Lula
    Lupe Lutf Lutfi Luther Luz Luís Lydia Lydie Lyle Lynda Lynette Lynn Lynne Lynnette László Léa Léna Léo
    Léon Léonard Léonie Léopold Lívia Maalik Maarit Maazin Mabel Mable Mack Madeleine Madelene Madeline
    Madelyn Madge Madhav Madiyan Mads Mae Maeva Maeve Mafalda Magali Magda Magdalena Magdalene Magdaléna
    Maggie Magnolia Magnus Mahaz Mahbub Mahdi Maheen Mahesh Mahfuj Mahir Mahmood Mahmoud Mahmud Mai Maia
    Maida Maija Maira Maire Mairead Maj Maja Majdy Majken Maks Maksim Malachy Malak Malcolm Malena Malene
    Malgorzata Malik Malika Malin Malinda Mallory Malou Malte Malvina Mamie Mamun Manan Manda Mandy Manfred
    Manila Manon Mantas Manuel Manuela Manuelita Manus Manya Mar Mara Marc Marcel Marcela Marcelina
    Marceline Marcelino Marcell Marcella Marcelle Marcello Marcelo Marci Marcia Marcie Marcin Marco Marcos
    Marcus Marcy Mare Marek Maren Marga Margaret Margareta Margarete Margaretha Margarida Margarita Margaux
    Margery Margherita Margie Margit Margita Margo Margot Margret Marguerite Mari Maria Mariah Mariam Marian
    Mariana Mariann Marianna Marianne Mariano Maribel Marica Maricela Marie Mariela Marielle Marietta
    Mariette Marija Marijan Marijana Marika Marilena Marilyn Marin Marina Marine Marino Mario Marion Marisa
    Marisela Marisol Marissa Marit Marita Maritta Maritza Marius Mariusz Marja Marjan Marjatta Marjorie
    Marko Markus Marla Marleen Marlen Marlena Marlene Marlies Marlon Marlène Marquita Marsha Marshall Mart
    Marta Marten Martha Marthe Martial Martim Martin Martina Martine Marty Marva Marvin Mary Maryam Maryann
    Maryanne Maryellen Maryline Marylou Marylène Maryse María Marína Massimiliano Massimo Matej Mateja Mateo
    Matheo Mathew Mathias Mathieu Mathilda Mathilde Mathis Matias Matija Matilda Matilde Mato Mats Matt
    Matteo Matthew Matthias Matthieu Matti Mattia Mattias Mattie Maud Maude Maura Maureen Maurice Mauricette
    Mauricio Maurine Maurizio Mauro Mavis Maxim Maxima Maxime Maximilian Maximiliano Maximilien Maximo
    Maximus Maxine Maya Mayra Maël Maëlle Meagan Meda Megan Megha Meghan Mehdi Mehmet Meike Mel Melania
    Melanie Melany Melba Melina Melinda Melisa Melissa Melita Melody Melva Melvin Mercedes Meredith Merle
    Merlin Mervin Mervyn Meta Metod Metta Mette Mia Micael Micaela Micah Micha Michael Michaela Michaele
    Michal Michaël Micheal Michel Michela Michele Micheline Michell Michelle Michèle Mickey Miguel Mihael
    Mihaela Mijo Mika Mikael Mikaela Mikako Mike Mikhail Mikkel Mila Milada Milagros Milan Milana Milda
    Mildred Mile Milena Miles Milica Milka Milla Miller Millicent Millie Milo Miloslav Miloslava Milton
    Milán Mimi Mina Mindy Minerva Minh Minji Minna Minnie Minoru Mira Miran Miranda Mirco Mireille Mirela
    Mirella Mireya Miriam Miriama Mirja Mirjam Mirjana Mirko Mirna Miro Miron Miroslav Miroslava Mirsad
    Misael Mitali Mitchell Mitzi Mladen Mohamad Mohamed Mohammad Mohammed Moira Mojmír Mollie Molly Momoko
    Mona Monica Monika Monique Monserrat Monte Mora Morena Moreno Morgan Morgane Moritz Morris Morten
    Mortimer Moses Mourib Mugdha Muhammad Muhammed Muni Murat Muriel Murielle Murray Musa Mustafa Mustapha
    Muzdahir Mya Myles Myra Myriam Myrna Myron Myrta Myrtle Mária Mário Mégane Mélanie Mélissa Mía Mónika
    Naail Naasir Nabeeh Nabigh Nabil Nada Nadhir Nadia Nadine Nadir Nadja Nadège Naeem Nafesa Nail Naim
    Najam Nakul Nana Nancy Nando Nanette Nanna Nanni Nannie Naoise Naoko Naomh Naomi Narcisa Natacha Natali
    Natalia Natalie Natalija Natalja Nataly Natan Natanael Natascha Natasha Natasja Nathalia Nathalie
    Nathaly Nathan Nathanael Nathaniel Natália Nayeli Nazim Neal Neel Neil Nela Nelda Nele Nelia Nell Nella
    Nellie Nelly Nelson Nenad Neo Nereida Nestor Netra Nettie Neva Nevenka Neville Nevin Ngozi Nguyet Niall
    Niamh Nichola Nicholas Nichole Nick Nicklas Nicky Niclas Nico Nicola Nicolai Nicolas Nicole Nicoletta
    Nidia Niels Nigel Nihad Nihal Niharika Niina Nik Nika Nikita Nikki Niklas Niko Nikola Nikolai Nikolaj
    Nikolas Nikoletta Nikolina Nilda Nils Nina Nino Nirja Nisa Nita Nitesh Nives Niyazi Noa Noah Noam Noe
    Noel Noelia Noelle Noemi Nola Nolan Nona Noor Nora Norah Norbert Norberto Noreen Norma Norman Nour Noé
    Noémi Noémie Noël Noëlla Noëlle Nuala Nuno Nuria Nuru Nóra Núria Obaid Octavia Octavie Octavio Océane
    Oda Odalis Odalys Odessa Odette Odile Ofelia Oisin Ojas Ola Olaf Olav Olavi Ole Olena Olga Olimpia Oliva
    Oliver Olivia Olivie Olivier Ollie Olof Olympia Olívia Omar Omer Omisha Omran Ona Oni Onkar Oona Oonagh
    Ophelia Ophélie Ora Orla Orlaith Orlando Ornella Orville Oscar Osha Oskar Osman Osvaldo Oswald Oswaldo
    Otilia Otis Oto Ottilia Ottilie Otto Ottó Ove Owais Owen Oxana Pablo Padraic Padraig Paige Pallavi
    Paloma Pam Pamela Pansy Paola Paolo Pascal Pascale Pasquale Patric Patrica Patrice Patricia Patrick
    Patrik Patrizia Patrícia Patsy Patti Patty Paul Paula Paule Paulette Paulina Pauline Paulo Pauric Pavani
    Pavel Pavla Pawel Peadar Pearlie Pearse Peder Pedro Peggy Pekka Penelope Penny Per Percy Perla Pero
    Perry Pervaiz Petar Pete Peter Petr Petra Petronela Petter Phil Philip Philippa Philippe Phillip
    Philomena Phoebe Phyllis Pia Pierce Pierina Piero Pierre Pietro Pilar Piotr Pippa Pius Pol Polly
    Porfirio Praneel Preston Prima Prisca Priscila Priscilla Prisha Priya Putri Péter Pía Qabeel Qabil Qadi
    Qadim Queen Quentin Quincy Quinn Quinten Quinton Rabah Rachael Rachana Rachel Rachelle Rachid Radha
    Radomír Radoslav Radovan Rae Rael Rafael Rafaela Rafaël Raffaele Raffaella Rafi Rafiq Ragna Ragnar
    Ragnhild Raina Rainer Raisa Rajata Rajesh Ralf Ralph Rama Ramadan Ramiro Ramon Ramona Rana Ranbir Randal
    Randall Randi Randolf Randolph Randy Rania Raoul Raphael Raphaël Raquel Rasmus Raul Ravi Rayan Raymond
    Raymonde Reba Rebeca Rebecca Rebeka Rebekah Rebekka Redmond Regina Reginald Regína Rehaan Reimar Rein
    Reina Reinaldo Reine Reinhart Reinhilde Reinhold Reino Remy Rena Renata Renato Renaud Rene Renee Renzo
    Renáta René Renée Reuben Reva Rex Reyes Reyna Reynaldo Reza Rhea Rhoda Rhona Rhonda Ria Ricarda Ricardo
    Riccardo Richard Rick Rickey Ricky Rico Rigoberto Rika Riley Rina Rishi Rita Robbie Robby Robert Roberta
    Roberto Robin Robinson Robyn Rocco Rochelle Rocio Roderick Rodger Rodney Rodolfo Rodolphe Rodrigo Roel
    Rogelio Roger Roisin Roland Rolande Rolando Rolf Romain Romaine Roman Romana Romane Romano Romeo Romina
    Romuald Romy Ron Rona Ronal Ronald Ronaldo Ronan Ronda Ronith Ronja Ronnie Ronny Rony Roosevelt Rory
    Rosa Rosalba Rosalia Rosalie Rosalind Rosalinda Rosalyn Rosanna Rosanne Rosaria Rosario Roscoe Roseann
    Roseline Rosella Roselyn Rosemarie Rosemary Rosendo Rosetta Rosie Rosina Rosita Roslyn Ross Rossana Rosy
    Rowan Rowena Roxana Roxane Roxanna Roxanne Roxie Roy Royce Roza Rozalia Rozalija Rozália Ruairi Ruben
    Rudi Rudolf Rudolph Rudy Rufus Rui Rune Rupert Russel Russell Rut Ruth Ruthie Ryan Ryohei Ryszard Régine
    Régis Rémi Rémy Róbert Rúben Saad Saadat Saanvi Sabina Sabine Sabir Sabri Sabrina Sabína Sacha Sadie
    Safet Safina Safiya Saga Sahra Said Saida Saleh Salim Sallie Sally Salma Salome Salomé Salvador
    Salvatore Sam Samaksh Samanta Samantha Samesh Sami Samir Samira Sammy Samson Samu Samuel Sander Sandi
    Sandra Sandrine Sandro Sanja Sanjay Sanna Sanne Santa Santiago Santino Santos Sara Sarah Sarai Sari
    Sarina Sarita Sasha Saskia Saul Saundra Saverio Sayuri Scarlet Scarlett Scarlette Scott Scotty Seamus
    Sean Sebastian Sebastiano Sebastián Selena Selina Selma Sena Seojun Sepp Serafina Serena Serge Sergei
    Sergej Sergio Seth Severin Severino Severo Sevim Shaban Shana Shane Shani Shania Shanna Shannon Shari
    Sharlene Sharon Sharron Shaun Shauna Shawn Shawna Sheena Sheila Shelby Sheldon Shelia Shelley Shelly
    Sheree Sheri Sherman Sherri Sherrie Sherry Sheryl Shiela Shirley Shona Sidney Siena Sienna Sigmar
    Sigmund Signa Signe Sigrid Sigurd Silas Silja Silje Silke Silva Silvana Silvano Silvester Silvia Silvio
    Simeon Simion Simon Simona Simone Simonne Sina Sinead Siobhan Sipho Siri Siti Siv Slavica Slavko
    Slavomír Slobodan Smith Socorro Sofia Sofie Sofía Solange Soledad Solomon Solveig Solène Sondra Sonia
    Sonja Sonny Sonya Sophia Sophie Soraya Sorcha Sotaro Spencer Stacey Staci Stacie Stacy Stan Stana
    Stanislaus Stanislav Stanislava Stanley Stefan Stefani Stefania Stefanie Stefano Steffi Steinar Stela
    Stella Sten Stephan Stephanie Stephany Stephen Steve Steven Stewart Stig Stina Stine Stjepan Stuart
    Stéphane Stéphanie Sue Sumayya Suresh Susan Susana Susann Susanna Susanne Susie Sussie Suzana Suzanna
    Suzanne Suzette Suzy Svea Sven Sverre Svetlana Sybil Sybilla Sylva Sylvain Sylvester Sylvia Sylviane
    Sylvie Sylwia Sára Sébastien Sérgio Séverine Sören Søren Süleyman Tabatha Tabitha Tadeusz Tage Taha
    Tahir Taina Taja Takeshi Tali Talia Tamara Tameka Tamera Tami Tamika Tammi Tammie Tammy Tamra Tamás
    Tanguy Tania Tanisha Tanja Tanya Tapani Tapio Tara Tari Tarik Taro Tasha Tatiana Tatjana Tea Ted Teddy
    Tekla Teodor Teodora Tera Terence Teresa Terese Teresia Teri Terrance Terrell Terrence Terri Terrie
    Terry Terézia Tess Tessa Thabo Thaddeus Thalia Thea Theda Thekla Thelma Theo Theodor Theodora Theodore
    Theres Theresa Therese Theresia Thi Thiago Thibaud Thibault Thibaut Thierry Thomas Théo Théodore
    Théophile Thérèse Tia Tiago Tiara Tiare Tibor Tiffany Tiina Tilda Tilde Tilman Tim Timea Timmy Timo
    Timotej Timothy Tina Tindra Tine Tisa Tisha Tito Titus Tiziana Tiziano Tobias Toby Todd Toivo Tom Toma
    Tomas Tomasa Tomasz Tomi Tomislav Tommie Tommy Tomás Toni Tonia Tonny Tony Tonya Tor Torben Tore Torsten
    Tove Toy Tracey Traci Tracie Tracy Travis Trent Trevor Tricia Trina Trine Trinidad Trisha Tristan Trudi
    Trudy Tuulikki Twila Tyler Tyra Tyrone Tyson Türkan Ugo Ulf Uli Ulises Ulla Ulrich Ulrik Ulrike Umar
    Umberto Una Unni Urban Uriel Ursula Urszula Usman Vagn Valarie Valborg Valdemar Valentin Valentina
    Valentine Valentino Valentín Valentína Valeri Valeria Valerie Valerio Valeska Valter Valéria Valérie
    Vance Vanda Vanesa Vanessa Vania Vanja Vanya Vasco Veli Velma Venus Vera Verena Verna Verner Vernon
    Veronica Veronika Veronique Vesna Veta Vic Vicente Vicki Vickie Vicky Victor Victoria Victoriano
    Victorine Vida Vidal Vidar Vikram Viktor Viktoria Viktorija Viktória Vilhelm Villa Ville Vilma Vince
    Vincent Vincenza Vincenzo Vinciane Viola Violeta Violetta Violette Virgie Virgil Virgilio Virginie
    Viridiana Vita Vito Vitor Vittoria Vittorio Vivian Viviana Viviane Vivien Vivienne Vladimir Vladimír
    Vladimíra Vladislav Vlado Vlasta Vlastimil Von Vonda Vratislav Václav Véronique Vít Wade Wadi Waldemar
    Waldo Wallace Wally Walter Wanda Ward Warren Washington Wayne Wendell Wendi Wendy Wenzel Werner Wesley
    Whitney Wilber Wilbert Wilbur Wilda Wilfred Wilfredo Wilfried Wilhelm Wilhelmina Wilhelmine Willa
    Willard William Williams Willian Willie Willis Willy Wilma Wilmer Wilson Winifred Winnie Winston Witold
    Wladimir Wojciech Woodrow Xander Xavier Xenia Ximena Xiomara Yadigar Yadira Yael Yago Yahya Yair Yamilet
    Yan Yanis Yann Yannick Yannis Yaqub Yara Yaritza Yasin Yasmin Yasmina Yasmine Yassin Yassine Yasuhiro
    Yazgül Yesenia Yessenia Yilmaz Ylva Yngve Yohan Yohana Yolanda Yolande Yosef Yoselin Yosuke Younes Young
    Youssef Yrsa Yuki Yuliana Yunis Yuri Yuridia Yusuf Yuta Yvan Yves Yvette Yvon Yvonne Zachary Zahid Zahir
    Zahra Zahur Zaida Zainab Zaira Zakaria Zamir Zane Zara Zdenka Zdenko Zdravko Zelda Zelma Zeno Zenobia
    Zenta Zeynep Zina Zita Zlatko Zoe Zoey Zoltán Zora Zoran Zoé Zsolt Zuzana Zvonko Álvaro Áron Åse Íris
    Ísis Óliver Ömer Özlem Øystein Øyvind
    """.split()
)
"""From the 1990 census of the United States as the package names 0.3.0 carries it, and from the first names of
the person providers of Faker (MIT licence), without those that are also words of programs or of everyday English."""
